"""The contact of a case, consent to mediation, feedback and requests for review."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "complaints_0004"
down_revision = "complaints_0003"
branch_labels = None
depends_on = ("shared_0005",)

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("complaint", sa.Column("contact", sa.String))
    create_consent()
    create_feedback()
    create_review_request()


def create_consent() -> None:
    op.create_table(
        "mediation_consent",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("consents", sa.Boolean),
        sa.Column("answered_at", MOMENT),
    )
    op.create_index(op.f("ix_mediation_consent_complaint_id"), "mediation_consent", ["complaint_id"])
    grant("mediation_consent", "select, insert")
    op.execute("grant update (consents, answered_at) on mediation_consent to accord_app")
    wall("mediation_consent")


def create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        *(
            sa.Column(question, sa.BigInteger, nullable=False)
            for question in ("easy", "informed", "respected", "fair", "again")
        ),
        sa.Column("given_at", MOMENT, nullable=False),
    )
    grant("feedback", "select, insert")
    wall("feedback")


def create_review_request() -> None:
    op.create_table(
        "review_request",
        sa.Column("complaint_id", sa.Uuid, sa.ForeignKey("complaint.id"), primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("granted", sa.Boolean),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("answered_on", sa.Date),
    )
    grant("review_request", "select, insert")
    op.execute("grant update (granted, answered_by, answered_on) on review_request to accord_app")
    wall("review_request")
