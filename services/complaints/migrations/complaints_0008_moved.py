"""When complaints last moved, which is not when somebody last spoke of them."""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0008"
down_revision = "complaints_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaint", sa.Column("moved_at", sa.DateTime(timezone=True)))
    op.execute("alter table complaint no force row level security")
    op.execute("update complaint set moved_at = updated_at")
    op.execute("alter table complaint force row level security")
    op.alter_column("complaint", "moved_at", nullable=False)
    op.drop_index("complaint_longest_still", "complaint")
    op.create_index("complaint_longest_still", "complaint", ["agency", "state", "moved_at"])
