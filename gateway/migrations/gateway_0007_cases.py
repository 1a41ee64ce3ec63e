"""What each case adds to the statistics is kept, so that it can be taken back; of people, complaints are counted.

Everything is counted again. What was counted of people is emptied, but for what is released: it was counted in another
way, and counts of both in one table would give a small one away.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.walls import grant

revision = "gateway_0007"
down_revision = "gateway_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_case",
        sa.Column("reference", sa.String, primary_key=True),
        sa.Column("figures", JSONB, nullable=False),
    )
    grant("counted_case")
    op.create_index("figure_gone", "figure", ["name"], postgresql_where=sa.text("count = 0"))
    op.execute("delete from figure")
    op.execute("update counting set next_index = 0")
    op.execute("delete from crossed")
