"""The real parts that tests run on: one PostgreSQL and one Kafka broker for the session."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from accord.preparing import prepare
from tests.broker import find_broker
from tests.database import embedded_postgres
from tests.rooms import House, settings_on


def pytest_configure(config: pytest.Config) -> None:
    """Allow kafka-python to leave sockets that never connected to the garbage collector; time no test."""
    settings.register_profile("accord", deadline=None)
    settings.load_profile("accord")
    trace.set_tracer_provider(TracerProvider())  # before a command that is tested in this process sets one that is off
    config.addinivalue_line("filterwarnings", r"ignore:unclosed <socket.*laddr=\('0.0.0.0', \d+\)>:ResourceWarning")


def pytest_sessionfinish() -> None:
    """Collect the last of those sockets while their warning is silenced."""
    gc.collect()


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Yield host:port of a Kafka broker; without one the test is skipped, or fails where CI is set."""
    with tempfile.TemporaryDirectory(prefix="accord-kafka-") as folder:
        found = find_broker(Path(folder))
        if isinstance(found, str):
            skip_or_fail(found)
        else:
            with found as address:
                yield address


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yield the URL of a superuser on the database `postgres`: ``ACCORD_TEST_POSTGRES``, or an embedded server."""
    given = os.environ.get("ACCORD_TEST_POSTGRES")
    if given:
        yield given
        return
    with embedded_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def house(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Return a migrated installation that the whole session shares; every test makes its own cases in it."""
    settings = settings_on(postgres, tmp_path_factory.mktemp("house"))
    prepare(settings)
    return House(settings)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Yield what takes every span that ends during the test."""
    provider, exporter = trace.get_tracer_provider(), InMemorySpanExporter()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


def skip_or_fail(reason: str) -> None:
    """Skip the test with `reason`; where CI is set everything must be there, so that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
