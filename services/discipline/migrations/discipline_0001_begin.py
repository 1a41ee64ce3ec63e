"""Discipline cases, their counts, priors, rulings and training."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.migrations.walls import grant, wall

revision = "discipline_0001"
down_revision = None
branch_labels = ("discipline",)
depends_on = ("shared_0001",)

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *, nullable: bool = True, primary_key: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable, primary_key=primary_key)


def of_case() -> sa.Column:
    return sa.Column("case_id", sa.Uuid, sa.ForeignKey("discipline_case.id"), primary_key=True)


def upgrade() -> None:
    create_case()
    create_count()
    create_prior()
    create_ruling()
    create_training()


def create_case() -> None:
    op.create_table(
        "discipline_case",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_ref", sa.String, nullable=False, unique=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        words("state", nullable=False),
        sa.Column("complaint_id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid, nullable=False),
        sa.Column("incident_on", sa.Date),
        sa.Column("matrix", sa.String),
        sa.Column("level", sa.String),
        sa.Column("nth", sa.BigInteger),
        sa.Column("kept_cell", JSONB),
        sa.Column("evidence", sa.String),
        sa.Column("notice_served_at", MOMENT),
        sa.Column("respond_by", sa.Date),
        words("response"),
        sa.Column("statement", sa.String),
        sa.Column("hearing_on", sa.Date),
        sa.Column("hearing_summary", sa.String),
        sa.Column("appeal_by", sa.Date),
        sa.Column("appeal_waived", sa.Boolean, nullable=False),
        sa.Column("appeal_because", sa.String),
        sa.Column("final_on", sa.Date),
        sa.Column("effective_on", sa.Date),
        sa.UniqueConstraint("agency", "number"),
    )
    op.create_index("discipline_case_newest_first", "discipline_case", ["agency", "opened_at", "id"])
    op.create_index(op.f("ix_discipline_case_complaint_id"), "discipline_case", ["complaint_id"])
    op.create_index(op.f("ix_discipline_case_officer_id"), "discipline_case", ["officer_id"])
    grant("discipline_case", "select, insert, update")
    wall("discipline_case")


def create_count() -> None:
    op.create_table(
        "sustained_count",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("discipline_case.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("allegation_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        words("severity", nullable=False),
        sa.Column("level", sa.String),
        sa.UniqueConstraint("agency", "allegation_id"),
    )
    op.create_index(op.f("ix_sustained_count_case_id"), "sustained_count", ["case_id"])
    grant("sustained_count", "select, insert, update")
    wall("sustained_count")


def create_prior() -> None:
    op.create_table(
        "prior",
        of_case(),
        sa.Column("prior_id", sa.Uuid, sa.ForeignKey("discipline_case.id"), primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("incident_on", sa.Date, nullable=False),
    )
    grant("prior", "select, insert")
    wall("prior")


def create_ruling() -> None:
    op.create_table(
        "ruling",
        of_case(),
        words("stage", nullable=False, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        words("kind"),
        sa.Column("days", sa.BigInteger),
        words("departure", nullable=False),
        sa.Column("factors", ARRAY(sa.String), nullable=False),
        sa.Column("because", sa.String, nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    grant("ruling", "select, insert")
    wall("ruling")


def create_training() -> None:
    op.create_table(
        "training",
        of_case(),
        words("topic", nullable=False, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
    )
    grant("training", "select, insert")
    wall("training")
