"""What no record may be, so that both adapters refuse the same ones for the same reasons."""

from shared.bus import Record

LARGEST_RECORD = 1_000_000
"""Bytes of value, key and headers together; a little below what a Kafka broker takes by default."""

_PER_RECORD = 64
"""Bytes that a record costs on the wire beside its contents, rounded up."""
_PER_HEADER = 16


def refusal(record: Record) -> str | None:
    """Say why `record` can never travel, or return None."""
    size = size_of(record)
    if size > LARGEST_RECORD:
        return f"it has {size:,} bytes and a record may have {LARGEST_RECORD:,}"
    if "\x00" in record.key or any("\x00" in text for header in record.headers.items() for text in header):
        return "its key or a header contains a NUL character"
    return None


def size_of(record: Record) -> int:
    """Return the bytes that `record` takes on the wire, rounded up."""
    headers = sum(_PER_HEADER + len(name.encode()) + len(value.encode()) for name, value in record.headers.items())
    return _PER_RECORD + len(record.value) + len(record.key.encode()) + headers
