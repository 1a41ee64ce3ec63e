"""What complaints are found by, and what legacy records say of their past."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from shared.db import APPLICATION
from shared.migrations.walls import grant, wall

revision = "complaints_0007"
down_revision = "complaints_0006"
branch_labels = None
depends_on = None

WORDS = "to_tsvector('simple', narrative || ' ' || coalesce(place, ''))"

KEYS = ("received_on", "opened_at", "complaint_id")


def upgrade() -> None:
    op.add_column("complaint", sa.Column("closed_on", sa.Date))
    op.add_column("complaint", sa.Column("words", TSVECTOR, sa.Computed(WORDS, persisted=True)))
    op.add_column("allegation", sa.Column("found_on", sa.Date))
    add_days_of_the_complaint()
    op.drop_index("complaint_newest_first", "complaint")
    op.create_index("complaint_newest_first", "complaint", ["agency", "received_on", "opened_at", "id"])
    op.create_index("complaint_by_state", "complaint", ["agency", "state", "received_on", "opened_at", "id"])
    op.create_index("complaint_words", "complaint", ["words"], postgresql_using="gin")
    op.create_index("allegation_by_category", "allegation", ["agency", "category", *KEYS])
    create_view()
    create_past_step()


def add_days_of_the_complaint() -> None:
    """Let allegations fall as their complaints do, so that an index can hold those of one category in order."""
    op.add_column("allegation", sa.Column("received_on", sa.Date))
    op.add_column("allegation", sa.Column("opened_at", sa.DateTime(timezone=True)))
    for table in ("complaint", "allegation"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "update allegation set received_on = complaint.received_on, opened_at = complaint.opened_at"
        " from complaint where complaint.id = complaint_id"
    )
    for table in ("complaint", "allegation"):
        op.execute(f"alter table {table} force row level security")
    op.alter_column("allegation", "received_on", nullable=False)
    op.alter_column("allegation", "opened_at", nullable=False)


def create_view() -> None:
    """Let the index of words be used from behind the wall.

    PostgreSQL asks a wall before anything that might tell of a row, and so does not look a word up in an index that
    holds every agency's words. This view belongs to whoever migrates, has the wall in its own condition, and shows
    words and ids only. To an owner that the wall holds back too, it shows the same, only without the index.

    The agency is compared with something that is spelt otherwise than in the wall: the planner takes two conditions
    for one when they say that two agencies equal the same, and would ask the wall first here too.
    """
    op.execute(
        "create view complaint_said as select id, words from complaint"
        " where agency = coalesce(current_setting('accord.agency', true), '')"
    )
    op.execute(f"grant select on complaint_said to {APPLICATION}")


def create_past_step() -> None:
    op.create_table(
        "past_step",
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), primary_key=True),
        sa.Column("step", sa.String(64), primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("taken_on", sa.Date, nullable=False),
    )
    grant("past_step", "select, insert")
    wall("past_step")
