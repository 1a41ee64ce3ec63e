"""Why the log signed nothing, and when it went on: the application can add and read it only."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant

revision = "gateway_0004"
down_revision = "gateway_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_refusal",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("sentence", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    grant("log_refusal", "select, insert")
