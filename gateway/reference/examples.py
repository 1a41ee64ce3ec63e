"""Made-up values that fit a JSON schema, for whoever wants to see what a body looks like."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

STRINGS: Mapping[str, str] = {
    "uuid": "0f0b6a52-3f5e-4d1c-9a43-6d2a3f1f7b10",
    "date": "2026-03-04",
    "date-time": "2026-03-04T15:00:00Z",
    "binary": "(the file)",
}
"""Format → a value of it."""
PATTERNS: Mapping[str, str] = {"^[a-z0-9][a-z0-9-]{0,62}$": "use-of-force", "^[a-z]{2}$": "en"}
"""Pattern → a value that fits."""
WORDS = "some text "
DEEPEST = 8


def example(schema: Json, schemas: Mapping[str, Json], depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """Return a value that fits `schema`, with no more than what is required.

    Args:
        schema: of an OpenAPI document.
        schemas: what its references lead to, by name.
        depth: how many values this one stands inside.
    """
    schema = resolved(schema, schemas)
    if (told := schema.get("example", schema.get("default", next(iter(schema.get("enum", ())), None)))) is not None:
        return told
    if "anyOf" in schema:
        return example(schema["anyOf"][0], schemas, depth)
    kind = schema.get("type")
    if kind == "object" and depth < DEEPEST:
        wanted = schema.get("required", ())
        fields = schema.get("properties", {})
        return {name: example(field, schemas, depth + 1) for name, field in fields.items() if name in wanted}
    if kind == "array" and depth < DEEPEST and "items" in schema:
        return [example(schema["items"], schemas, depth + 1)] * max(schema.get("minItems", 1), 1)
    return _simple(schema)


def _simple(schema: Json) -> Any:  # noqa: ANN401 - any JSON
    kind = schema.get("type")
    if kind == "string":
        return _string(schema)
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), int(schema.get("exclusiveMinimum", 0)) + 1)
    return {"boolean": True, "array": [], "object": {}}.get(str(kind))


def _string(schema: Json) -> str:
    found: str | None = STRINGS.get(schema.get("format", "")) or PATTERNS.get(schema.get("pattern", ""))
    if found:
        return found
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", len(WORDS)))
    return (WORDS * (least // len(WORDS) + 1))[: max(least, min(most, len(WORDS) - 1))]


def resolved(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Return what a reference leads to, with what stands beside it; anything else as it is."""
    if "$ref" not in schema:
        return schema
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**schemas[name_in(schema["$ref"])], **beside}


def name_in(reference: str) -> str:
    """Return the name of what `#/components/…/name` leads to."""
    return reference.rpartition("/")[2]
