"""What whoever complained was told, and which complaints stand still."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "complaints_0002"
down_revision = "complaints_0001"
branch_labels = None
depends_on = ("shared_0003",)


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("duty", sa.String(64), nullable=False),
        sa.Column("means", sa.String(64), nullable=False),
        sa.Column("told_on", sa.Date, nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(op.f("ix_contact_complaint_id"), "contact", ["complaint_id"])
    grant("contact", "select, insert")
    wall("contact")
    op.create_index("complaint_longest_still", "complaint", ["agency", "state", "updated_at"])
