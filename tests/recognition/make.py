"""Nominations and thank-yous for tests, with anything different passed in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4


def days_ago(days: int) -> str:
    """Return the day that was so many days ago, as the wire writes it."""
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


def make_nomination(**over: Any) -> dict[str, Any]:
    """Return a nomination of an officer nobody else has nominated."""
    return {
        "officer_id": str(uuid4()),
        "award": "lifesaving",
        "criterion": "lifesaving",
        "deed_on": days_ago(3),
        "statement": "She kept him breathing until the ambulance came.",
        **over,
    }


def make_civilian_nomination(**over: Any) -> dict[str, Any]:
    """Return a nomination of somebody outside the agency."""
    nomination = make_nomination(**{"civilian": "Rosa Delgado", "award": "citizen-award", **over})
    del nomination["officer_id"]
    return nomination


def make_thanks(**over: Any) -> dict[str, Any]:
    """Return a thank-you from the public."""
    return {
        "statement": "He walked my mother home in the storm.",
        "officer": "the tall one on Elm Street",
        "deed_on": days_ago(2),
        **over,
    }
