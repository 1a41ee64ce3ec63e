"""Statements, notices of interviews, notes and tasks. What was said stays as it was said."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "complaints_0003"
down_revision = "complaints_0002"
branch_labels = None
depends_on = ("shared_0004",)

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_interview_notice()
    create_statement()
    create_note()
    create_task()


def of_a_complaint() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
    )


def walled(table: str, privileges: str) -> None:
    op.create_index(op.f(f"ix_{table}_complaint_id"), table, ["complaint_id"])
    grant(table, privileges)
    wall(table)


def create_interview_notice() -> None:
    op.create_table(
        "interview_notice",
        *of_a_complaint(),
        sa.Column("officer_id", sa.Uuid, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("interview_at", MOMENT, nullable=False),
        sa.Column("hours", sa.BigInteger, nullable=False),
        sa.Column("waiver", sa.String),
        sa.Column("by", sa.Uuid, nullable=False),
    )
    walled("interview_notice", "select, insert")


def create_statement() -> None:
    op.create_table(
        "statement",
        *of_a_complaint(),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("speaker", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("party_id", sa.Uuid, sa.ForeignKey("party.id")),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("taken_by", sa.Uuid, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("order", sa.String),
        sa.Column("waiver", sa.String),
        sa.Column("sealed_text", sa.LargeBinary, nullable=False),
    )
    walled("statement", "select, insert")


def create_note() -> None:
    op.create_table(
        "note",
        *of_a_complaint(),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    walled("note", "select, insert")


def create_task() -> None:
    op.create_table(
        "task",
        *of_a_complaint(),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("set_by", sa.Uuid, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("done_by", sa.Uuid),
        sa.Column("done_at", MOMENT),
        sa.Column("result", sa.String),
    )
    walled("task", "select, insert")
    op.execute("grant update (done_by, done_at, result) on task to accord_app")
