"""Recommendations, and what anyone says of them."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "reconciliation_0002"
down_revision = "reconciliation_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def words(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.String(64), nullable=nullable)


def upgrade() -> None:
    create_recommendation()
    create_comment()


def create_recommendation() -> None:
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_ref", sa.String, nullable=False, unique=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        words("state", nullable=False),
        words("origin", nullable=False),
        words("failure"),
        sa.Column("category", sa.String),
        sa.Column("complaint_id", sa.Uuid),
        sa.Column("text", sa.String),
        sa.Column("comments_until", sa.Date),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.BigInteger, nullable=False),
        words("answer"),
        sa.Column("answer_text", sa.String),
        sa.Column("implementation", sa.String),
        sa.Column("implemented_by", sa.Uuid),
        words("effect"),
        sa.Column("evaluation", sa.String),
        sa.UniqueConstraint("agency", "number"),
    )
    op.create_index("recommendation_newest_first", "recommendation", ["agency", "opened_at", "id"])
    op.create_index(op.f("ix_recommendation_complaint_id"), "recommendation", ["complaint_id"])
    grant("recommendation", "select, insert, update")
    wall("recommendation")


def create_comment() -> None:
    op.create_table(
        "comment",
        sa.Column("recommendation_id", sa.Uuid, sa.ForeignKey("recommendation.id"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("released_text", sa.String),
        words("ground"),
    )
    grant("comment", "select, insert, update")
    wall("comment")
