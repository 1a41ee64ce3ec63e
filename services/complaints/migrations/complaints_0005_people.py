"""Whom a complaint is for, what is known of the people in it, and what was corrected."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "complaints_0005"
down_revision = "complaints_0004"
branch_labels = None
depends_on = ("shared_0006",)

PARTICULARS = ("description", "unit", "vehicle", "badge")


def upgrade() -> None:
    op.add_column("complaint", sa.Column("on_behalf_of", sa.String(64)))
    op.add_column("party", sa.Column("position", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("party", sa.Column("minor", sa.Boolean, nullable=False, server_default=sa.false()))
    for name in PARTICULARS[1:]:
        op.add_column("party", sa.Column(name, sa.String))
    op.add_column("party", sa.Column("officer_id", sa.Uuid))
    op.create_index(op.f("ix_party_officer_id"), "party", ["officer_id"])
    op.execute("revoke update, delete on party from accord_app")
    op.execute("grant update (officer_id) on party to accord_app")
    create_correction()


def create_correction() -> None:
    op.create_table(
        "party_correction",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("party_id", sa.Uuid, sa.ForeignKey("party.id"), nullable=False),
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("sealed_name", sa.LargeBinary),
        sa.Column("sealed_contact", sa.LargeBinary),
        *(sa.Column(name, sa.String) for name in PARTICULARS),
    )
    op.create_index(op.f("ix_party_correction_party_id"), "party_correction", ["party_id"])
    op.create_index(op.f("ix_party_correction_complaint_id"), "party_correction", ["complaint_id"])
    grant("party_correction", "select, insert")
    wall("party_correction")
