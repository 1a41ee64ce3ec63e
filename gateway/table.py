"""Which requests are passed on: the pairs of method and address that a service documents."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

OPEN = "/agencies/{agency}/"
"""Where every address begins that leads to a service; everything else of a service stays inside."""

FILES = frozenset({"multipart/form-data", "application/octet-stream"})
"""Media types of bodies that carry a file, and may be as large as one."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

SAFE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
"""Parts of an address that every server reads alike: no dot segments, nothing empty, nothing encoded."""
VARIES = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address of a service."""

    service: str
    path: str
    """The address as it is documented, such as `/agencies/{agency}/complaints/{complaint_id}`."""
    takes_file: bool = False


@dataclass(slots=True)
class Place:
    """What an address may go on with, and what may be done there."""

    named: dict[str, "Place"] = field(default_factory=dict)
    any: "Place | None" = None
    methods: dict[str, Operation] = field(default_factory=dict)

    def along(self, segments: Sequence[str]) -> "Place | None":
        """Return the place where an address ends; a word that is documented goes before one that may vary."""
        if not segments:
            return self if self.methods else None
        first, rest = segments[0], segments[1:]
        for place in (self.named.get(first), self.any):
            if place is not None and (end := place.along(rest)) is not None:
                return end
        return None

    def begin(self, segment: str) -> "Place":
        """Return the place after one more segment, which is made when it is not there."""
        if not VARIES.fullmatch(segment):
            return self.named.setdefault(segment, Place())
        if self.any is None:
            self.any = Place()
        return self.any


class Table:
    """Every request that is passed on. The first service that documents an address keeps it."""

    def __init__(self, operations: Iterable[tuple[str, Operation]] = ()) -> None:
        self._root = Place()
        for method, operation in operations:
            self._add(method, operation)

    def find(self, path: str) -> Mapping[str, Operation] | None:
        """Return what may be asked at `path`, by its method; None when nothing is documented there."""
        segments = path.split("/")
        end = self._root.along(segments)
        if end is None or not all(map(SAFE.fullmatch, segments[1:])):
            return None
        return end.methods

    def _add(self, method: str, operation: Operation) -> None:
        place = self._root
        for segment in operation.path.split("/"):
            place = place.begin(segment)
        owner = next((one.service for one in place.methods.values()), operation.service)
        if owner == operation.service:
            place.methods.setdefault(method, operation)


class Body(BaseModel):
    """What an operation takes, as far as it matters here."""

    content: Mapping[str, Any] = {}


class Described(BaseModel):
    """An operation, as far as it matters here."""

    requestBody: Body = Body()  # noqa: N815 - the specification's name


class Item(BaseModel):
    """What an OpenAPI document says of one address; what has no field here is not passed on."""

    get: Described | None = None
    post: Described | None = None
    put: Described | None = None
    patch: Described | None = None
    delete: Described | None = None


class Documented(BaseModel):
    """An OpenAPI document (3.1), as far as it matters here."""

    paths: Mapping[str, Item]


def operations(service: str, document: Any) -> Iterator[tuple[str, Operation]]:  # noqa: ANN401 - any JSON
    """Yield what a service documents under `/agencies/{agency}/`, with the method of each.

    Raises:
        ValueError: it is no OpenAPI document.
    """
    for route, item in Documented.model_validate(document).paths.items():
        if is_open(route):
            for method, described in item:
                if described is not None:
                    takes_file = not FILES.isdisjoint(described.requestBody.content)
                    yield method.upper(), Operation(service, route, takes_file)


def is_open(route: str) -> bool:
    """Whether an address that a service documents may be reached from outside."""
    parts = route.split("/")[1:]
    return route.startswith(OPEN) and all(SAFE.fullmatch(part) or VARIES.fullmatch(part) for part in parts)
