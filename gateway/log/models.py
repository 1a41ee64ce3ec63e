"""The log as it is kept. The application may add to these tables and read them; what was signed stays."""

from datetime import datetime

from sqlalchemy import Identity, func, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.feed.models import Table


class LogNode(Table):
    """The hash of a full subtree (`gateway.log.tree`)."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class LogCheckpoint(Table):
    """A size at which the tree was signed; there is one root for each."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(server_default=func.now())


LAST = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
"""The last checkpoint."""


class LogCosignature(Table):
    """What a witness put under a checkpoint."""

    __tablename__ = "log_cosignature"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LogKeys(Table):
    """What the log has said of its keys; the last statement holds."""

    __tablename__ = "log_keys"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LogRefusal(Table):
    """Why the log signs nothing; the last row holds, and one without a sentence says that it goes on."""

    __tablename__ = "log_refusal"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    sentence: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


REFUSAL = select(LogRefusal.sentence).order_by(LogRefusal.id.desc()).limit(1)
"""Why nothing is signed; empty, or not there, when all is well."""
