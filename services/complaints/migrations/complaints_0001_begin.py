"""Complaints, their allegations and the people in them."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "complaints_0001"
down_revision = None
branch_labels = ("complaints",)
depends_on = ("shared_0001",)

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable)


def upgrade() -> None:
    create_complaint()
    create_allegation()
    create_party()
    create_part_taken()


def create_complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_ref", sa.String, nullable=False, unique=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        words("state", nullable=False),
        words("channel", nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("narrative", sa.String, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        words("precision", nullable=False),
        sa.Column("incident_on", sa.Date),
        sa.Column("place", sa.String),
        words("classification"),
        words("track"),
        sa.Column("investigator_id", sa.Uuid),
        sa.Column("reviewer_id", sa.Uuid),
        sa.Column("adjudicator_id", sa.Uuid),
        words("outcome"),
        sa.Column("decided_at", MOMENT),
        words("harm_referred_to"),
        sa.Column("harm_agreed", sa.Boolean),
        sa.Column("receipt_locator", sa.String, unique=True),
        sa.Column("receipt_hash", sa.String),
        sa.Column("legacy_id", sa.String),
        sa.Column("legacy_digest", sa.LargeBinary),
        sa.UniqueConstraint("agency", "number"),
        sa.UniqueConstraint("agency", "legacy_id"),
    )
    op.create_index("complaint_newest_first", "complaint", ["agency", "opened_at", "id"])
    op.create_index(op.f("ix_complaint_investigator_id"), "complaint", ["investigator_id"])
    grant("complaint", "select, insert, update")
    wall("complaint")


def create_allegation() -> None:
    op.create_table(
        "allegation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        words("severity", nullable=False),
        sa.Column("officer_id", sa.Uuid),
        words("recommended"),
        sa.Column("recommended_because", sa.String),
        words("reviewed"),
        sa.Column("reviewed_because", sa.String),
        words("finding"),
        sa.Column("finding_because", sa.String),
    )
    op.create_index(op.f("ix_allegation_complaint_id"), "allegation", ["complaint_id"])
    op.create_index(op.f("ix_allegation_officer_id"), "allegation", ["officer_id"])
    grant("allegation")
    wall("allegation")


def create_party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        words("role", nullable=False),
        sa.Column("sealed_name", sa.LargeBinary),
        sa.Column("sealed_contact", sa.LargeBinary),
        sa.Column("description", sa.String),
    )
    op.create_index(op.f("ix_party_complaint_id"), "party", ["complaint_id"])
    grant("party")
    wall("party")


def create_part_taken() -> None:
    op.create_table(
        "part_taken",
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), primary_key=True),
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("part", sa.String(64), primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
    )
    grant("part_taken", "select, insert")
    wall("part_taken")
