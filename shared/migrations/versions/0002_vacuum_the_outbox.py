"""Vacuum the outbox after so many sent events, however long its ledger is.

By default PostgreSQL waits for a fifth of the table, and leaves the indexes alone while few pages have dead rows; the
index of unsent events would then hold mostly sent ones, and every look for something to send would walk past them.
"""

from alembic import op

revision = "shared_0002"
down_revision = "shared_0001"
branch_labels = None
depends_on = None

SENT = 50_000


def upgrade() -> None:
    op.execute(
        "alter table outbox set (autovacuum_vacuum_scale_factor = 0,"
        f" autovacuum_vacuum_threshold = {SENT}, vacuum_index_cleanup = on)"
    )
