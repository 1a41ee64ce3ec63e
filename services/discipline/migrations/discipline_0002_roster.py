"""The roster of officers."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "discipline_0002"
down_revision = "discipline_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_ref", sa.String, nullable=False, unique=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("badge", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("rank", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("supervisor_id", sa.Uuid),
        sa.Column("sworn_on", sa.Date, nullable=False),
        sa.Column("leaving", sa.String(64)),
        sa.Column("left_on", sa.Date),
        sa.UniqueConstraint("agency", "badge"),
    )
    op.create_index("officer_newest_first", "officer", ["agency", "opened_at", "id"])
    grant("officer", "select, insert, update")
    wall("officer")
