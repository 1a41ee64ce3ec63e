"""Statistics: figures that can be counted again, crossed counts that stay here, and releases that never change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from shared.migrations.walls import grant

revision = "gateway_0005"
down_revision = "gateway_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("agency", sa.String, primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("keys", ARRAY(sa.String), primary_key=True),
        sa.Column("value", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
    grant("figure")
    op.create_table(
        "counting",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("next_index", sa.BigInteger, nullable=False),
        sa.Column("closed_year", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="one_counting"),
    )
    op.execute("insert into counting values (1, 0, 0)")
    grant("counting", "select, update")
    op.create_table(
        "crossed",
        sa.Column("agency", sa.String, primary_key=True),
        sa.Column("year", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("attribute", sa.String, primary_key=True),
        sa.Column("said", sa.String, primary_key=True),
        sa.Column("category", sa.String, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
    grant("crossed", "select, insert, update")
    _releases()


def _releases() -> None:
    op.create_table(
        "release",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("corrects", sa.BigInteger),
        sa.Column("because", sa.String),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    grant("release", "select, insert")
    op.create_table(
        "released_table",
        sa.Column("release", sa.BigInteger, sa.ForeignKey("release.number"), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
    )
    grant("released_table", "select, insert")
