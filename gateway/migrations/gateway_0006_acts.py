"""The record counts what it did to itself, is found by day, and knows which complaints wait for a decision."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant

revision = "gateway_0006"
down_revision = "gateway_0005"
branch_labels = None
depends_on = None

FILL = """
insert into pending (reference, agency, since)
select distinct on (reference) reference, agency, day from entry
where type in ('complaint.received.v1', 'complaint.reopened.v1') and not exists (
    select 1 from entry later where later.reference = entry.reference and later.index > entry.index and later.type in (
        'complaint.decided.v1', 'complaint.closed.v1', 'complaint.withdrawn.v1', 'complaint.closed_as_duplicate.v1',
        'complaint.closed_administratively.v1', 'complaint.closed_as_referred.v1'))
order by reference, index
"""


def upgrade() -> None:
    op.add_column("feed_head", sa.Column("acts", sa.BigInteger, server_default="0", nullable=False))
    op.create_index("entry_of_day", "entry", ["day", "index"])
    op.create_index("entry_emptied", "entry", ["expunged_by"], postgresql_where=sa.text("expunged_by is not null"))
    op.create_table(
        "pending",
        sa.Column("reference", sa.String, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
    )
    op.create_index("pending_of_agency", "pending", ["agency", "since"])
    grant("pending", "select, insert, delete")
    op.execute(FILL)
