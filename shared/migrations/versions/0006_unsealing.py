"""Requests to unseal what names a person, and what a second person said to them."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "shared_0006"
down_revision = "shared_0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "unsealing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("because", sa.String, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_because", sa.String),
        sa.Column("readable_until", MOMENT),
    )
    unanswered = sa.text("state = 'asked'")
    op.create_index("unsealing_unanswered", "unsealing", ["agency", "asked_at"], postgresql_where=unanswered)
    op.create_index(op.f("ix_unsealing_case_id"), "unsealing", ["case_id"])
    grant("unsealing", "select, insert")
    answered = "state, updated_at, answered_by, answered_at, answered_because, readable_until"
    op.execute(f"grant update ({answered}) on unsealing to accord_app")
    wall("unsealing")
