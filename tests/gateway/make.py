"""What the gateway's tests are made of: events as they travel on the public topic."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from shared.bus import Record
from shared.cases import new_reference
from shared.events.envelope import Envelope


def make_envelope(**over: Any) -> Envelope:
    """Return the outside of an event of Rivertown."""
    said: dict[str, Any] = {
        "id": uuid4(),
        "type": "complaint.received.v1",
        "source": "/accord/complaints",
        "time": datetime(2026, 3, 4, tzinfo=UTC),
        "subject": new_reference(),
        "agency": "rivertown",
        "sequence": 1,
        "salt": uuid4().hex,
    }
    return Envelope(**{**said, **over})


def make_received(**over: Any) -> dict[str, Any]:
    """Return what the public learns of a complaint that was received."""
    return {"channel": "web", "categories": ["force"], **over}


def make_record(fields: dict[str, Any] | None = None, **over: Any) -> Record:
    """Return an event on the public topic; `over` goes to its outside."""
    envelope = make_envelope(**over)
    value = json.dumps(make_received() if fields is None else fields).encode()
    return Record("accord.public", envelope.subject, value, envelope.headers())


def number(position: int) -> UUID:
    """Return the same id for the same number."""
    return UUID(int=position + 1)
