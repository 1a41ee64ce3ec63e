"""The time, in one place, so that a test or a replay can say what it is."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def now() -> datetime:
    """Return the current moment in UTC."""
    return datetime.now(UTC)


async def request_time() -> datetime:
    """Return the moment at which the request is dealt with; one request has one time."""
    return now()


Now = Annotated[datetime, Depends(request_time)]
