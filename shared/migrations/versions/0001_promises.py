"""The tables that every service needs: outbox, inbox, dead letters, audit, answered requests, numbers, case keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.walls import grant, wall

revision = "shared_0001"
down_revision = None
branch_labels = ("shared",)
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SHARDS = 16


def moment(name: str) -> sa.Column:
    return sa.Column(name, MOMENT, server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    create_outbox()
    create_inbox()
    create_audit()
    create_answers_numbers_and_keys()


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        moment("created_at"),
        sa.Column("sent_at", MOMENT),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("parked_at", MOMENT),
        sa.Column("last_error", sa.String),
        sa.UniqueConstraint("case_id", "version", "topic"),
    )
    unsent = sa.text("sent_at is null and parked_at is null")
    op.create_index("outbox_unsent", "outbox", ["shard", "id"], postgresql_where=unsent)
    op.create_index("outbox_parked", "outbox", ["case_id"], postgresql_where=sa.text("parked_at is not null"))
    op.create_index("outbox_sent", "outbox", ["sent_at"], postgresql_where=sa.text("sent_at is not null"))
    grant("outbox")
    op.create_table("outbox_shard", sa.Column("shard", sa.SmallInteger, primary_key=True, autoincrement=False))
    op.execute(f"insert into outbox_shard select generate_series(0, {SHARDS - 1})")
    grant("outbox_shard", "select, update")


def create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String, primary_key=True),
        sa.Column("event_id", sa.Uuid, primary_key=True),
        moment("applied_at"),
    )
    op.create_index(op.f("ix_inbox_applied_at"), "inbox", ["applied_at"])
    grant("inbox")
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("consumer", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("partition", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        moment("parked_at"),
        sa.Column("replayed_at", MOMENT),
    )
    waiting = sa.text("replayed_at is null")
    op.create_index("dead_letter_waiting", "dead_letter", ["consumer", "key"], postgresql_where=waiting)
    grant("dead_letter")


def create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        moment("at"),
        sa.Column("actor_id", sa.Uuid, nullable=False),
        sa.Column("roles", sa.String, nullable=False),
        sa.Column("token_id", sa.String, nullable=False),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("case_version", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("correlation", sa.String, nullable=False),
    )
    op.create_index(op.f("ix_audit_agency"), "audit", ["agency"])
    op.create_index(op.f("ix_audit_case_id"), "audit", ["case_id"])
    grant("audit", "select, insert")
    wall("audit")


def create_answers_numbers_and_keys() -> None:
    op.create_table(
        "answered_request",
        sa.Column("caller", sa.String, primary_key=True),
        sa.Column("key_digest", sa.LargeBinary, primary_key=True),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        moment("answered_at"),
    )
    op.create_index(op.f("ix_answered_request_answered_at"), "answered_request", ["answered_at"])
    grant("answered_request")
    op.create_table(
        "case_counter",
        sa.Column("agency", sa.String, primary_key=True),
        sa.Column("letter", sa.String, primary_key=True),
        sa.Column("year", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    grant("case_counter", "select, insert, update")
    wall("case_counter")
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    grant("case_key", "select, insert, delete")
    wall("case_key")
