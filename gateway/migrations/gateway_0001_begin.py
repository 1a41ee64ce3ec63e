"""The feed: its entries, which the application can add and read only, and the row that gives out their indexes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.walls import grant

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = ("shared_0001",)


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("appended_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("entry_of_agency", "entry", ["agency", "index"])
    op.create_index("entry_of_type", "entry", ["type", "index"])
    grant("entry", "select, insert")
    op.create_table(
        "feed_head",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("next_index", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.execute("insert into feed_head values (1, 0)")
    grant("feed_head", "select, update")
