"""The verifiable log: its nodes, checkpoints, cosignatures and keys, which the application can add and read only."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None

SIGNED = {"server_default": sa.func.now(), "nullable": False}
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "log_node",
        sa.Column("level", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("signed_at", MOMENT, **SIGNED),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("witness", sa.String, primary_key=True),
        sa.Column("line", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, **SIGNED),
    )
    op.create_table(
        "log_keys",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("signed_at", MOMENT, **SIGNED),
    )
    for table in ("log_node", "log_checkpoint", "log_cosignature", "log_keys"):
        grant(table, "select, insert")
