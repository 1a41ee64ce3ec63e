"""One OpenAPI document out of several: the gateway's own and what the services document of what is passed on."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from gateway.proxy import Broken, TooSlow
from gateway.table import is_open
from shared.errors import Away, Malformed, Refusal, TooMany
from shared.openapi import Json, Problem, refused_by, response_of

REFERENCE = "#/components/"
EVERYWHERE = frozenset({"Problem"})
"""Schemas that mean the same in every service; any other is named after its service."""

FRAMEWORK = frozenset({"HTTPValidationError", "ValidationError"})
PROBLEM = Problem.model_json_schema()
AT_THE_DOOR: Mapping[int, type[Refusal]] = {429: TooMany, 502: Broken, 503: Away, 504: TooSlow}
"""What may be refused of what is passed on, beside what its service says."""

ABOUT = """Everything that can be asked of this installation, through its one door.

Whatever is under `/agencies/{agency}/` takes the agency's code. A deed takes an `Idempotency-Key`, so that it can be
sent again without a second effect. What is refused is answered with a problem document (RFC 9457) whose `detail` is a
sentence that says what to do. Answers tell how much may still be asked in `RateLimit` and `RateLimit-Policy`; 429, 502,
503 and 504 say in `Retry-After` when to ask again. `Request-Id` is what the operator finds a request by.
"""


GROUPS: Mapping[str, str] = {
    "feed": "What is entered in the public record. Anyone may read it, from any page, and keep it.",
    "log": "The record as a log that anyone can verify: checkpoints, tiles and proofs.",
    "statistics": "What the record adds up to, with what it all means.",
    "health": "Whether this server works.",
}
"""Group of the gateway's own → what it is about; services describe theirs themselves."""


def merge(own: Json, services: Mapping[str, Mapping[str, Any]]) -> Json:
    """Return one document. Where two document the same address, the first keeps it, and the gateway goes first.

    Args:
        own: the gateway's document.
        services: what each service documents, by its name.
    """
    merged = _with_problems(own)
    merged["info"] = {**own["info"], "description": ABOUT}
    merged["servers"] = [{"url": "/"}]
    merged["tags"] = []
    components: Json = merged.setdefault("components", {})
    _tell(merged, own["paths"].values(), "")
    for name, document in services.items():
        open_paths = {path: item for path, item in document["paths"].items() if is_open(path)}
        names = _names(name, document.get("components", {}), components)
        taken = {
            path: _completed(_renamed(item, names.get), AT_THE_DOOR)
            for path, item in open_paths.items()
            if path not in merged["paths"]
        }
        merged["paths"] |= taken
        _tell(merged, taken.values(), document.get("info", {}).get("description", ""))
        for kind, found in document.get("components", {}).items():
            there = components.setdefault(kind, {})
            for key, definition in found.items():
                there.setdefault(names[f"{REFERENCE}{kind}/{key}"].rpartition("/")[2], _renamed(definition, names.get))
    return merged


def _with_problems(own: Json) -> Json:
    """Return the gateway's own document, with what its refusals look like instead of the framework's."""
    merged = deepcopy(own)
    components = merged.setdefault("components", {})
    components["schemas"] = {
        **{key: one for key, one in components.get("schemas", {}).items() if key not in FRAMEWORK},
        "Problem": PROBLEM,
    }
    components["responses"] = {kind.kind: response_of(kind) for kind in (Malformed, TooMany, Away)}
    for item in merged["paths"].values():
        for operation in item.values():
            if "422" in operation["responses"]:
                operation["responses"].update(refused_by([Malformed]))
        _completed(item, {429: TooMany})
    return merged


def _completed(item: Json, refusals: Mapping[int, type[Refusal]]) -> Json:
    """Write into what is documented at an address what it is refused for at the door."""
    for operation in item.values():
        for status, kind in refusals.items():
            (one,) = refused_by([kind]).values()
            if isinstance(operation, dict):
                operation.setdefault("responses", {}).setdefault(str(status), one)
    return item


def _names(service: str, found: Mapping[str, Json], components: Json) -> dict[str, str]:
    """Return what refers to a component in the service's document → what refers to it in the merged one."""
    names = {}
    for kind, definitions in found.items():
        for key, definition in definitions.items():
            there = components.get(kind, {}).get(key)
            alike = there == definition or (there is None and (kind != "schemas" or key in EVERYWHERE))
            name = key if alike else f"{service}.{key}"
            names[f"{REFERENCE}{kind}/{key}"] = f"{REFERENCE}{kind}/{name}"
    return names


def _renamed(part: Any, name: Callable[[str, str], str]) -> Any:  # noqa: ANN401 - any JSON
    """Return a copy whose references lead to the merged components."""
    if isinstance(part, str) and part.startswith(REFERENCE):
        return name(part, part)
    if isinstance(part, dict):
        return {key: _renamed(value, name) for key, value in part.items()}
    return [_renamed(value, name) for value in part] if isinstance(part, list) else part


def _tell(merged: Json, items: Iterable[Mapping[str, Any]], about: str) -> None:
    """Describe tags that are not described yet."""
    told = {tag["name"] for tag in merged["tags"]}
    for item in items:
        for operation in item.values():
            for tag in operation.get("tags", []) if isinstance(operation, dict) else []:
                if tag not in told:
                    merged["tags"].append({"name": tag, "description": GROUPS.get(tag, about.strip())})
                    told.add(tag)
