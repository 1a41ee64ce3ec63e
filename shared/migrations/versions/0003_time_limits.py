"""Time limits, the ledger of what stopped them, alerts for cases that stand still, and what two sides rely on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.walls import grant, wall

revision = "shared_0003"
down_revision = "shared_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time_limits()
    tolls()
    stalls()
    acknowledged()


def time_limits() -> None:
    op.create_table(
        "time_limit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("met_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("warned", sa.BigInteger),
        sa.Column("expired", sa.Boolean, nullable=False),
    )
    running = sa.text("met_on is null and ended_on is null")
    op.create_index("time_limit_running", "time_limit", ["agency", "due_on"], postgresql_where=running)
    op.create_index(op.f("ix_time_limit_case_id"), "time_limit", ["case_id"])
    grant("time_limit", "select, insert, update")
    wall("time_limit")


def tolls() -> None:
    op.create_table(
        "toll",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("ground", sa.String, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("longer_by", sa.BigInteger),
        sa.Column("entered_by", sa.Uuid, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(op.f("ix_toll_case_id"), "toll", ["case_id"])
    grant("toll", "select, insert")
    op.execute("grant update (until) on toll to accord_app")
    wall("toll")


def stalls() -> None:
    op.create_table(
        "stall",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("idle_since", sa.Date, nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("answer_by", sa.Date, nullable=False),
        sa.Column("ignored", sa.Boolean, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("because", sa.String),
        sa.Column("estimate", sa.Date),
    )
    unanswered = sa.text("answered_at is null")
    op.create_index("stall_unanswered", "stall", ["agency", "case_id"], unique=True, postgresql_where=unanswered)
    op.create_index(op.f("ix_stall_case_id"), "stall", ["case_id"])
    grant("stall", "select, insert")
    op.execute("grant update (ignored, answered_at, answered_by, because, estimate) on stall to accord_app")
    wall("stall")


def acknowledged() -> None:
    op.create_table(
        "acknowledged",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("side", sa.String(64), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dates", JSONB, nullable=False),
        sa.Column("disputed", JSONB, nullable=False),
    )
    op.create_index(op.f("ix_acknowledged_case_id"), "acknowledged", ["case_id"])
    grant("acknowledged", "select, insert")
    wall("acknowledged")
