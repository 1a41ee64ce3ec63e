"""Commendations and the ballots of the awards board."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "recognition_0001"
down_revision = None
branch_labels = ("recognition",)
depends_on = ("shared_0001",)

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable)


def upgrade() -> None:
    create_commendation()
    create_ballot()


def create_commendation() -> None:
    op.create_table(
        "commendation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_ref", sa.String, nullable=False, unique=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        words("state", nullable=False),
        sa.Column("award", sa.String, nullable=False),
        words("criterion", nullable=False),
        sa.Column("nominated_on", sa.Date, nullable=False),
        sa.Column("deed_on", sa.Date),
        sa.Column("incident", sa.String),
        sa.Column("statement", sa.String, nullable=False),
        sa.Column("late_because", sa.String),
        sa.Column("from_public", sa.Boolean, nullable=False),
        sa.Column("nominator_id", sa.Uuid),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("officer_described", sa.String),
        sa.Column("sealed_civilian", sa.LargeBinary),
        sa.Column("sealed_sender_name", sa.LargeBinary),
        sa.Column("sealed_sender_contact", sa.LargeBinary),
        sa.Column("verifier_id", sa.Uuid),
        sa.Column("yes", sa.BigInteger),
        sa.Column("no", sa.BigInteger),
        sa.Column("approver_id", sa.Uuid),
        sa.Column("presented_at", MOMENT),
        sa.Column("name_published", sa.Boolean),
        words("held_from"),
        sa.UniqueConstraint("agency", "number"),
    )
    op.create_index("commendation_newest_first", "commendation", ["agency", "opened_at", "id"])
    op.create_index("commendation_incident", "commendation", ["agency", "incident"])
    op.create_index(op.f("ix_commendation_nominator_id"), "commendation", ["nominator_id"])
    op.create_index(op.f("ix_commendation_officer_id"), "commendation", ["officer_id"])
    grant("commendation", "select, insert, update")
    wall("commendation")


def create_ballot() -> None:
    op.create_table(
        "ballot",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("commendation_id", sa.Uuid, sa.ForeignKey("commendation.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        words("choice", nullable=False),
        sa.Column("because", sa.String),
        sa.Column("cast_at", MOMENT, nullable=False),
        sa.UniqueConstraint("commendation_id", "member_id"),
    )
    grant("ballot", "select, insert")
    wall("ballot")
