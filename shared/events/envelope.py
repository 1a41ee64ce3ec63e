"""How an event travels: CloudEvents 1.0 in the Kafka protocol binding's binary mode, as data about the event.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

SALT_BYTES = 16
"""Of an event's salt, and of the salt of each of its fields: enough that nobody can try them all."""


class UnreadableEnvelopeError(ValueError):
    """A record's headers are not those of an Accord event; the sentence says which is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on the outside of an event."""

    id: UUID
    type: str
    source: str
    time: datetime
    subject: str
    """The case's id; on the reduced topics the case's public reference."""
    agency: str
    sequence: int
    """The case's version after this event; rises within a case. 0 on the reduced topics, where its gaps would count
    what their readers are not told."""
    correlation: str = ""
    """What the whole chain of events began with. Empty on the reduced topics, where it would link cases."""
    causation: str = ""
    """The event that this one answers. Empty on the reduced topics."""
    traceparent: str = ""
    salt: str = ""
    """On the public topic 128 random bits in hexadecimal, with which the feed commits to the event's fields."""

    def headers(self) -> dict[str, str]:
        """Return the record's headers."""
        written = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_time": self.time.isoformat(),
            "ce_subject": self.subject,
            "ce_agency": self.agency,
            "ce_sequence": str(self.sequence or ""),
            "ce_correlationid": self.correlation,
            "ce_causationid": self.causation,
            "ce_salt": self.salt,
            "traceparent": self.traceparent,
            "content-type": "application/json",
        }
        return {name: value for name, value in written.items() if value}

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Self:
        """Read a record's headers; unknown ones are ignored.

        Raises:
            UnreadableEnvelopeError: a header is missing or does not hold what it should.
        """
        try:
            return cls(
                id=UUID(headers["ce_id"]),
                type=headers["ce_type"],
                source=headers["ce_source"],
                time=datetime.fromisoformat(headers["ce_time"]),
                subject=headers["ce_subject"],
                agency=headers["ce_agency"],
                sequence=int(headers.get("ce_sequence", 0)),
                correlation=headers.get("ce_correlationid", ""),
                causation=headers.get("ce_causationid", ""),
                traceparent=headers.get("traceparent", ""),
                salt=bytes.fromhex(headers.get("ce_salt", "")).hex(),
            )
        except KeyError as missing:
            raise UnreadableEnvelopeError(f"the header {missing} is missing") from missing
        except ValueError as wrong:
            raise UnreadableEnvelopeError(str(wrong)) from wrong
