"""Whole installations, on both buses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import embedded_postgres
from tests.journeys.stack import Stack, whole_stack


@pytest.fixture(scope="session", params=["PostgreSQL", "Kafka"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a running installation with a PostgreSQL server of its own."""
    kafka = request.getfixturevalue("kafka") if request.param == "Kafka" else ""
    folder: Path = tmp_path_factory.mktemp("stack")
    with embedded_postgres() as postgres, whole_stack(postgres, kafka, folder) as running:
        yield running
