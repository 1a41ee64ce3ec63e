"""The laws of the house that a reader can check by looking, checked by looking."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, text

from accord.rooms import MIGRATIONS, NAMES, ROOT, SERVICES
from accord.serving import application
from shared.db import database_url
from shared.deadletters import DeadLetter
from shared.settings import Settings
from tests.contracts.generated import admissions, stale
from tests.rooms import House

CODE = ("accord", "benchmarks", "gateway", "services", "shared")
FILES = sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_file_has_at_most_300_lines_and_a_test_file_400() -> None:
    limits = [(path, 300) for path in FILES] + [(path, 400) for path in TESTS]

    assert [named(path) for path, limit in limits if len(path.read_text().splitlines()) > limit] == []


def test_a_function_has_at_most_40_lines_and_nine_in_ten_have_20() -> None:
    lengths = {f"{named(path)}:{one.name}": length(one) for path in FILES for one in functions(path)}

    assert {name: lines for name, lines in lengths.items() if lines > 40} == {}
    assert sorted(lengths.values())[int(len(lengths) * 0.9)] <= 20


def test_no_module_is_called_after_nothing() -> None:
    nothing = {"utils", "util", "common", "helpers", "helper", "base", "misc", "manager", "managers", "core"}

    assert [named(path) for path in FILES if {path.stem, path.parent.name} & nothing] == []


def test_imports_stand_at_the_top() -> None:
    inside = [
        f"{named(path)}:{one.name}"
        for path in FILES
        for one in functions(path)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(one))
    ]

    assert inside == []


def test_only_the_transaction_commits() -> None:
    """The bus and its reader commit offsets, which are no transactions of ours."""
    committing = [
        named(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
    ]

    assert [name for name in committing if not name.startswith(("shared/bus/", "shared/reader.py"))] == []


def test_nothing_but_settings_and_telemetry_reads_the_environment() -> None:
    reading = [named(path) for path in FILES if re.search(r"os\.environ|getenv", path.read_text(encoding="utf-8"))]

    assert reading == ["shared/telemetry.py"]


def is_there(folder: Path, room: str) -> bool:
    return (folder / f"{room}.py").exists() or (folder / room / "__init__.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    folder = ROOT / "services" / service
    rooms = ["main", "api", "commands", "queries", "sight", "workflow", "models", "shapes", "consumers"]

    assert [room for room in rooms if not is_there(folder, room)] == []
    assert list((folder / "migrations").glob("*_0001_*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_every_route_names_the_one_rule_that_admits_its_callers(name: str) -> None:
    framework = {"/openapi.json"}
    wrong = [
        f"{method} {path}"
        for method, path, rules in admissions(application(name, Settings()))
        if path not in framework and method != "MOUNT" and len(rules) != 1
    ]

    assert wrong == []


@pytest.mark.parametrize("name", SERVICES)
def test_no_route_hides_another(name: str) -> None:
    routes = [(method, path) for method, path, _ in admissions(application(name, Settings()))]
    patterns = [(method, re.compile(re.sub(r"{[^}]+}", "[^/]+", path))) for method, path in routes]
    reached = [
        next(place for place, (verb, path) in enumerate(patterns) if verb == method and path.fullmatch(asked))
        for method, asked in ((method, re.sub(r"{[^}]+}", "x", path)) for method, path in routes)
    ]

    hidden = [f"{routes[place]} behind {routes[first]}" for place, first in enumerate(reached) if place != first]
    assert hidden == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_tables_are_what_the_migrations_make_them(service: str, house: House) -> None:
    tables = MetaData()
    for known in (DeadLetter.metadata, SERVICES[service].tables):
        for table in known.tables.values():
            table.to_metadata(tables)
    engine = create_engine(database_url(house.settings.postgres_owner, service))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        differences = compare_metadata(context, tables)
    engine.dispose()

    assert differences == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_with_an_agency_has_the_wall(service: str, house: House) -> None:
    engine = create_engine(database_url(house.settings.postgres_owner, service))
    with engine.connect() as connection:
        unwalled = connection.scalars(
            text(
                "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
                " where a.attname = 'agency' and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)"
            )
        ).all()
    engine.dispose()

    assert unwalled == []


def test_what_is_generated_is_not_stale() -> None:
    assert stale() == [], "run make contracts, and review what it changes"


def test_every_dependency_is_pinned_with_its_hash_and_no_address() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = [one.split("[")[0].split(">")[0].split("<")[0].strip().lower() for one in wanted]

    assert [name for name in names if f"\n{name}==" not in f"\n{lock}"] == []
    assert "://" not in lock
    assert not any(line.startswith("--") for line in lock.splitlines())


def test_every_migration_belongs_to_its_service() -> None:
    wrong = [
        path.name
        for name, folder in MIGRATIONS.items()
        for path in folder.glob("*.py")
        if not path.name.startswith(f"{name}_") and path.name != "__init__.py"
    ]

    assert wrong == []
