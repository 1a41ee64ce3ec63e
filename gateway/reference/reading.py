"""An OpenAPI document as people read it: groups, what can be asked in them, and the shapes of what goes to and fro."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from gateway.reference.examples import example, name_in
from gateway.table import METHODS

Json = Mapping[str, Any]

LIMITS: Mapping[str, str] = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "pattern": "written like {}",
}
FORMATS: Mapping[str, str] = {"date": "date", "date-time": "time", "uuid": "id (UUID)", "binary": "file"}
NOT_AN_ANCHOR = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a phrase that says what a value is."""

    text: str
    shape: str = ""
    """The shape that it names, or nothing."""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, a header, or a field of a body."""

    name: str
    required: bool
    what: tuple[Part, ...]
    about: str
    place: str = ""
    """Where a parameter stands."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent or answered in one media type."""

    media: str
    what: tuple[Part, ...]
    fields: tuple[Field, ...]
    """Of a body that is described on the spot."""
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request may be answered."""

    status: str
    about: str
    bodies: tuple[Body, ...]
    headers: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One method at one address."""

    method: str
    path: str
    title: str
    about: str
    token: bool
    parameters: tuple[Field, ...]
    bodies: tuple[Body, ...]
    answers: tuple[Answer, ...]

    @property
    def anchor(self) -> str:
        """Where a page has it."""
        return anchor(f"{self.method.lower()}{self.path}")


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema with a name."""

    name: str
    about: str
    fields: tuple[Field, ...]
    what: tuple[Part, ...]
    """What it is when it has no fields."""

    @property
    def anchor(self) -> str:
        """Where a page has it."""
        return anchor(f"shape-{self.name}")


def anchor(name: str) -> str:
    """Return what a page calls a place."""
    return NOT_AN_ANCHOR.sub("-", name).strip("-")


class Reading:
    """One document, read."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._components: Mapping[str, Mapping[str, Json]] = document.get("components", {})
        self._schemas = self._components.get("schemas", {})

    @property
    def groups(self) -> Mapping[str, str]:
        """Group → what it is about, in the order of the document."""
        return {tag["name"]: tag.get("description", "") for tag in self._document["tags"]}

    def asked(self, group: str) -> list[Asked]:
        """Return what can be asked in a group."""
        return [
            self._asked(method, path, item[method.lower()])
            for path, item in self._document["paths"].items()
            for method in METHODS
            if group in item.get(method.lower(), {}).get("tags", ())
        ]

    def shapes(self, asked: Iterable[Asked]) -> list[Shape]:
        """Return the shapes that are named there, and those that these name, by name."""
        found: dict[str, Shape] = {}
        waiting = [part.shape for one in asked for part in _named(one)]
        while waiting:
            name = waiting.pop()
            if name and name not in found:
                found[name] = shape = self._shape(name)
                waiting += [part.shape for field in shape.fields for part in field.what]
                waiting += [part.shape for part in shape.what]
        return [found[name] for name in sorted(found)]

    def _asked(self, method: str, path: str, operation: Json) -> Asked:
        about = operation.get("description", "") or operation.get("summary", "")
        parameters = (self._component("parameters", one) for one in operation.get("parameters", ()))
        return Asked(
            method,
            path,
            about.split("\n\n", maxsplit=1)[0],
            about,
            bool(operation.get("security")),
            tuple(self._parameter(one) for one in parameters),
            self._bodies(self._component("requestBodies", operation.get("requestBody", {}))),
            tuple(self._answer(status, answer) for status, answer in sorted(operation.get("responses", {}).items())),
        )

    def _component(self, kind: str, found: Json) -> Json:
        return self._components[kind][name_in(found["$ref"])] if "$ref" in found else found

    def _parameter(self, one: Json) -> Field:
        schema = one.get("schema", {})
        what, about = phrase(schema), describe(schema, one.get("description", ""))
        return Field(one["name"], one.get("required", False), what, about, one["in"])

    def _bodies(self, holder: Json) -> tuple[Body, ...]:
        return tuple(
            Body(
                media,
                phrase(schema),
                self._fields(schema),
                json.dumps(example(schema, self._schemas), indent=2, ensure_ascii=False),
            )
            for media, content in holder.get("content", {}).items()
            if (schema := content.get("schema", {}))
        )

    def _answer(self, status: str, found: Json) -> Answer:
        answer = self._component("responses", found)
        about = answer.get("description", "") or (HTTPStatus(int(status)).phrase if status.isdigit() else "")
        return Answer(status, about, self._bodies(answer), ", ".join(answer.get("headers", {})))

    def _shape(self, name: str) -> Shape:
        schema = self._schemas[name]
        fields = self._fields(schema)
        return Shape(name, describe(schema, schema.get("description", "")), fields, () if fields else phrase(schema))

    def _fields(self, schema: Json) -> tuple[Field, ...]:
        wanted = schema.get("required", ())
        return tuple(
            Field(name, name in wanted, phrase(field), describe(field, field.get("description", "")))
            for name, field in schema.get("properties", {}).items()
        )


def _named(asked: Asked) -> Iterator[Part]:
    for field in asked.parameters:
        yield from field.what
    for body in (*asked.bodies, *(body for answer in asked.answers for body in answer.bodies)):
        yield from body.what
        for field in body.fields:
            yield from field.what


def phrase(schema: Json) -> tuple[Part, ...]:
    """Return what a value is, in words: `list of …`, `one of "a", "b"`, `date or nothing`."""
    if "$ref" in schema:
        name = name_in(schema["$ref"])
        return (Part(name, name),)
    if "anyOf" in schema:
        several = [phrase(one) for one in schema["anyOf"]]
        return tuple(part for place, one in enumerate(several) for part in ((Part(" or "), *one) if place else one))
    if "enum" in schema:
        return (Part(("one of " if len(schema["enum"]) > 1 else "") + ", ".join(map(json.dumps, schema["enum"]))),)
    if schema.get("type") == "array":
        return (Part("list of "), *phrase(schema.get("items", {})))
    if schema.get("type") == "null":
        return (Part("nothing"),)
    return (Part(FORMATS.get(schema.get("format", ""), schema.get("type", "anything"))),)


def describe(schema: Json, about: str) -> str:
    """Return what is said of a value, with its limits and what it is when it is left out."""
    said = [words.format(schema[limit]) for limit, words in LIMITS.items() if limit in schema]
    if schema.get("default") is not None:
        said.append(f"{json.dumps(schema['default'])} when left out")
    return "; ".join([*([about] if about else []), *said])
