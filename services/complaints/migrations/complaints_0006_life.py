"""Conflicts of interest, assignments, turns that complaints take, and votes."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "complaints_0006"
down_revision = "complaints_0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def person(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String, nullable=nullable)


def word(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable)


def table(name: str, privileges: str, *columns: sa.Column, indexed: tuple[str, ...] = ("complaint_id",)) -> None:
    op.create_table(name, sa.Column("id", sa.Uuid, primary_key=True), text("agency"), *columns)
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
    grant(name, privileges)
    wall(name)


def complaint(name: str = "complaint_id", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, sa.ForeignKey("complaint.id"), nullable=nullable)


def allegation() -> sa.Column:
    return sa.Column("allegation_id", sa.Uuid, sa.ForeignKey("allegation.id"), nullable=False)


def upgrade() -> None:
    add_to_complaint()
    create_conflicts()
    create_assignment()
    create_turns()
    create_findings()
    create_discipline_case()


def add_to_complaint() -> None:
    op.add_column("complaint", sa.Column("priority", sa.String(64), nullable=False, server_default="routine"))
    op.add_column("complaint", sa.Column("about_head", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("complaint", sa.Column("reopened_at", MOMENT))
    op.add_column("complaint", sa.Column("discipline_final", sa.Boolean))


def create_conflicts() -> None:
    table(
        "reporting_line",
        "select, insert, update (until)",
        person("officer_id"),
        person("supervisor_id"),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        person("entered_by"),
        moment("entered_at"),
        indexed=("officer_id", "supervisor_id"),
    )
    for name, verb in (("declaration", "declared"), ("conflict_override", "overridden")):
        said = (person("person_id"), word("conflict"), text("because"), person(f"{verb}_by"), moment(f"{verb}_at"))
        table(name, "select, insert", complaint(), *said)


def create_assignment() -> None:
    table(
        "assignment",
        "select, insert, update (ended_at)",
        complaint(),
        person("investigator_id"),
        text("because", nullable=True),
        person("assigned_by"),
        moment("assigned_at"),
        moment("ended_at", nullable=True),
        indexed=("complaint_id", "investigator_id"),
    )
    table("reason", "select, insert", complaint(), text("step"), text("because"), person("by"), moment("at"))


def create_turns() -> None:
    table(
        "link",
        "select, insert",
        complaint(),
        word("kind"),
        complaint("other_id", nullable=True),
        text("claim", nullable=True),
        person("linked_by"),
        moment("linked_at"),
        indexed=("complaint_id", "other_id"),
    )
    table(
        "referral",
        "select, insert, update (returned_at, outcome)",
        complaint(),
        text("authority"),
        text("because"),
        person("referred_by"),
        moment("referred_at"),
        moment("returned_at", nullable=True),
        text("outcome", nullable=True),
    )


def create_findings() -> None:
    found = [
        column
        for name in ("recommended", "reviewed", "finding")
        for column in (word(name, nullable=True), text(f"{name}_because", nullable=True))
    ]
    moments = (moment("decided_at", nullable=True), moment("reopened_at"))
    table("earlier_finding", "select, insert", complaint(), allegation(), *found, *moments)
    table(
        "vote",
        "select, insert, update (counts)",
        complaint(),
        allegation(),
        person("member_id"),
        word("finding"),
        text("because"),
        moment("cast_at"),
        sa.Column("counts", sa.Boolean, nullable=False),
    )


def create_discipline_case() -> None:
    table(
        "discipline_case",
        "select, insert, update (final_at)",
        complaint(),
        person("officer_id"),
        moment("opened_at"),
        moment("final_at", nullable=True),
    )
