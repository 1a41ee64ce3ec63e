"""Files of cases and their chain of custody, which is only ever added to."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "shared_0004"
down_revision = "shared_0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "kept_file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False, unique=True),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media", sa.String(64), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary, nullable=False),
        sa.Column("sealed_key", sa.LargeBinary, nullable=False),
        sa.Column("walled", sa.Boolean, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_id", "sha256"),
    )
    grant("kept_file", "select, insert")
    wall("kept_file")
    op.create_table(
        "custody_entry",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("file_id", sa.Uuid, sa.ForeignKey("kept_file.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("deed", sa.String(64), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("roles", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("channel", sa.String),
        sa.Column("handed_to", sa.String),
        sa.Column("why", sa.String, nullable=False),
    )
    op.create_index(op.f("ix_custody_entry_file_id"), "custody_entry", ["file_id"])
    grant("custody_entry", "select, insert")
    wall("custody_entry")
