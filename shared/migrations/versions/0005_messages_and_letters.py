"""Threads of messages, what was read of them, and letters."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.walls import grant, wall

revision = "shared_0005"
down_revision = "shared_0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_messages()
    create_letters()


def create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("side", sa.String, nullable=False),
        sa.Column("author_id", sa.Uuid, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.UniqueConstraint("case_id", "thread", "position"),
    )
    op.create_index("message_waiting", "message", ["agency", "said_at"], postgresql_where=sa.text("waiting"))
    grant("message", "select, insert")
    op.execute("grant update (waiting) on message to accord_app")
    wall("message")
    op.create_table(
        "read_mark",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("thread", sa.String, primary_key=True),
        sa.Column("side", sa.String, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
    grant("read_mark", "select, insert")
    wall("read_mark")


def create_letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.String, nullable=False),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("way", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("sealed_subject", sa.LargeBinary, nullable=False),
        sa.Column("sealed_body", sa.LargeBinary, nullable=False),
        sa.Column("drafted_by", sa.Uuid, nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Uuid),
        sa.Column("approved_at", MOMENT),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("answer", sa.String),
        sa.Column("sent_at", MOMENT),
    )
    op.create_index(op.f("ix_letter_case_id"), "letter", ["case_id"])
    due = sa.text("next_try_at is not null")
    op.create_index("letter_due", "letter", ["agency", "next_try_at"], postgresql_where=due)
    grant("letter", "select, insert")
    changing = "state, updated_at, approved_by, approved_at, tries, next_try_at, answer, sent_at"
    op.execute(f"grant update ({changing}) on letter to accord_app")
    wall("letter")
