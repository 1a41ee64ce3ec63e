"""Processes, the parties in them and their commitments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from shared.migrations.walls import grant, wall

revision = "reconciliation_0001"
down_revision = None
branch_labels = ("reconciliation",)
depends_on = ("shared_0001",)

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable)


def upgrade() -> None:
    create_process()
    create_party()
    create_commitment()


def create_process() -> None:
    op.create_table(
        "process",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_ref", sa.String, nullable=False, unique=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        words("kind", nullable=False),
        words("state", nullable=False),
        words("outcome"),
        sa.Column("complaint_id", sa.Uuid),
        sa.Column("exclusions", ARRAY(sa.String), nullable=False),
        sa.Column("facilitator_id", sa.Uuid),
        sa.Column("starts_at", MOMENT),
        sa.Column("place", sa.String),
        sa.UniqueConstraint("agency", "number"),
    )
    op.create_index("process_newest_first", "process", ["agency", "opened_at", "id"])
    op.create_index(op.f("ix_process_complaint_id"), "process", ["complaint_id"])
    grant("process", "select, insert, update")
    wall("process")


def create_party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("process_id", sa.Uuid, sa.ForeignKey("process.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        words("side", nullable=False),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("sealed_name", sa.LargeBinary),
        sa.Column("sealed_contact", sa.LargeBinary),
        words("consent"),
        sa.Column("answered_at", MOMENT),
        sa.Column("prepared_at", MOMENT),
    )
    op.create_index(op.f("ix_party_process_id"), "party", ["process_id"])
    op.create_index(op.f("ix_party_officer_id"), "party", ["officer_id"])
    grant("party", "select, insert, update")
    wall("party")


def create_commitment() -> None:
    op.create_table(
        "commitment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("process_id", sa.Uuid, sa.ForeignKey("process.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        words("owner", nullable=False),
        words("kind", nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("released_text", sa.String),
        words("reported"),
        sa.Column("reported_by", sa.Uuid),
        sa.Column("reported_at", MOMENT),
        words("verified"),
        sa.Column("verified_by", sa.Uuid),
        sa.Column("verified_at", MOMENT),
        sa.UniqueConstraint("process_id", "number"),
    )
    grant("commitment", "select, insert, update")
    wall("commitment")
