"""Everything that is generated from the code and reviewed like code: contracts, and two pages of documentation."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from accord.rooms import NAMES, ROOT, SERVICES
from accord.serving import application
from shared.access import Admission
from shared.events.event import CATALOGUE, Audience, Event, marking
from shared.settings import Settings

CONTRACTS = Path("tests/contracts")
DOCS = Path("docs")

NOTE = "This file is generated from the code by `make contracts`; a test fails when it is stale."


def generated() -> Mapping[Path, str]:
    """Return every generated file with what it should hold, by its path from the root."""
    apps = {name: application(name, Settings()) for name in NAMES}
    return {
        CONTRACTS / "access.txt": access(apps),
        CONTRACTS / "public_fields.txt": fields_that_leave(),
        CONTRACTS / "events.json": event_schemas(),
        **{CONTRACTS / f"openapi-{name}.json": pretty(app.openapi()) for name, app in apps.items()},
        DOCS / "workflows.md": workflows(),
        DOCS / "events.md": events(),
    }


def stale() -> list[str]:
    """Return the generated files that do not hold what they should."""
    return [str(path) for path, text in generated().items() if read(ROOT / path) != text]


def read(path: Path) -> str:
    """Return what a file holds, or nothing when it is not there."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def pretty(document: Any) -> str:
    """Return JSON as it is reviewed."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def admissions(app: FastAPI) -> Iterator[tuple[str, str, list[Admission]]]:
    """Yield every route's method and path, and the rules that admit callers to it."""
    for route in iter_route_contexts(app.routes):
        rules = [one.dependency for one in getattr(route, "dependencies", [])]
        found = [rule for rule in rules if isinstance(rule, Admission)]
        for method in sorted(getattr(route, "methods", None) or {"MOUNT"}):
            yield method, str(route.path), found


def access(apps: Mapping[str, FastAPI]) -> str:
    """Return who is admitted to which route by which rule."""
    lines = [NOTE, ""]
    for name, app in apps.items():
        lines.append(f"{name}")
        for method, path, rules in sorted(admissions(app), key=lambda row: (row[1], row[0])):
            who = "; ".join(f"{', '.join(sorted(rule.roles))} ({rule.rule})" for rule in rules)
            lines.append(f"  {method:5} {path}: {who or 'framework'}")
    return "\n".join(lines) + "\n"


def known_events() -> list[type[Event]]:
    """Return every event of the published language, in the order of its name."""
    return [CATALOGUE[name] for name in sorted(CATALOGUE) if not name.startswith("test.")]


def fields_that_leave() -> str:
    """Return every field that an audience outside the services sees."""
    lines = [NOTE, ""]
    for kind in known_events():
        for audience in (Audience.OVERSIGHT, Audience.PUBLIC):
            if kind.seen_by_reaches(audience):
                shown = [name for name, field in kind.model_fields.items() if audience.sees(marking(field))]
                lines.append(f"{audience:9} {kind.name}: {', '.join(shown) or 'that it happened'}")
    return "\n".join(lines) + "\n"


def event_schemas() -> str:
    """Return the shape of every event on its own topic."""
    return pretty({kind.name: {"topic": kind.topic, **kind.model_json_schema()} for kind in known_events()})


def workflows() -> str:
    """Return the page that draws every workflow."""
    lines = ["# Workflows", "", NOTE, ""]
    for service in SERVICES.values():
        for workflow in service.workflows:
            lines += [f"## {workflow.noun.capitalize()}", "", "```mermaid", workflow.mermaid(), "```", ""]
            lines += ["| step | from | to | by | unless |", "|---|---|---|---|---|"]
            for row in workflow.steps:
                objections = "; ".join((objects.__doc__ or "").split("\n")[0].rstrip(".") for objects in row.unless)
                by = ", ".join(sorted(role.replace("_", " ") for role in row.by))
                lines.append(f"| {row.verb} | {', '.join(row.sources)} | {row.to} | {by} | {objections} |")
            lines.append("")
    return "\n".join(lines)


def events() -> str:
    """Return the page that lists every event and who learns what of it."""
    lines = ["# Events", "", NOTE, ""]
    for topic in sorted({kind.topic for kind in known_events()}):
        lines += [f"## {topic}", "", "| event | meaning | public | oversight, too | internal, too |"]
        lines += ["|---|---|---|---|---|"]
        for kind in known_events():
            if kind.topic == topic:
                meaning = (kind.__doc__ or "").split("\n")[0]
                lines.append(f"| `{kind.name}` | {meaning} | {' | '.join(columns(kind))} |")
        lines.append("")
    return "\n".join(lines)


def columns(kind: type[Event]) -> Iterator[str]:
    """Yield what each audience sees beyond the wider one."""
    for audience in (Audience.PUBLIC, Audience.OVERSIGHT, Audience.INTERNAL):
        shown = ", ".join(name for name, field in kind.model_fields.items() if marking(field) is audience)
        yield shown or ("that it happened" if kind.seen_by_reaches(audience) else "nothing")
