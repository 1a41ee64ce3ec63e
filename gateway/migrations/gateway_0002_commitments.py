"""Entries commit to their fields: each gets salts and digests, and says what it corrects and what befell it."""

from secrets import token_hex

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from gateway.feed.leaves import commit

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None

ENTRY = sa.table(
    "entry",
    sa.column("index", sa.BigInteger),
    sa.column("fields", JSONB),
    sa.column("salts", JSONB),
    sa.column("digests", JSONB),
)


def upgrade() -> None:
    op.add_column("entry", sa.Column("salts", JSONB))
    op.add_column("entry", sa.Column("digests", JSONB))
    op.add_column("entry", sa.Column("corrects", sa.BigInteger))
    op.add_column("entry", sa.Column("redacted", JSONB, server_default="[]", nullable=False))
    op.add_column("entry", sa.Column("expunged_by", sa.BigInteger))
    connection = op.get_bind()
    for index, fields in connection.execute(sa.select(ENTRY.c.index, ENTRY.c.fields)).all():
        made = commit(fields, token_hex(16))
        known = {"salts": dict(made.salts), "digests": list(made.digests)}
        connection.execute(sa.update(ENTRY).where(ENTRY.c.index == index).values(known))
    op.alter_column("entry", "salts", nullable=False)
    op.alter_column("entry", "digests", nullable=False)
    op.create_index("entry_of_reference", "entry", ["reference", "index"])
    op.execute("grant update (fields, salts, redacted, expunged_by) on entry to accord_app")
