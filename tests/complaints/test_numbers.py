"""Case numbers: per agency and year, without gaps and never twice, whatever happens at the same time."""

import random
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.complaints.commands.filing import file
from services.complaints.shapes.intake import FilingIn
from shared.actors import PUBLIC
from shared.db import Database
from shared.occasion import Occasion
from shared.policy import Policy
from shared.vault import Vault
from tests.rooms import House

RULES = Policy.read().agencies["rivertown"]
AGENCIES = ("numbers-east", "numbers-west")
"""Agencies of which no other test reads a list: these complaints are newer than all."""
NEW_YEAR = datetime(2042, 1, 1, 5, 0, tzinfo=UTC)
"""Midnight where the agencies are; in UTC it has been the new year for five hours."""
FILINGS = 240


class PowerFailsError(Exception):
    """A filing that does not come to its end."""


def year_of(now: datetime) -> int:
    return 2041 if now < NEW_YEAR else 2042


def power_goes_on(goes_on: bool) -> None:  # noqa: FBT001
    if not goes_on:
        raise PowerFailsError


def last_numbers(database: Database, agency: str) -> dict[int, int]:
    with database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', :agency, true)"), {"agency": agency})
        rows = connection.execute(text("select year, last from case_counter where letter = 'C'"))
        return {row.year: row.last for row in rows}


@pytest.fixture
def vault() -> Vault:
    return Vault(secrets.token_bytes(32))


def test_numbers_have_no_gap_and_no_twin_under_concurrent_filings_that_partly_fail_at_the_turn_of_the_year(
    house: House, vault: Vault
) -> None:
    chance = random.Random(20411231)
    wanted = [
        (chance.choice(AGENCIES), NEW_YEAR + timedelta(seconds=chance.choice([-90, -1, 0, 90])), chance.random() < 0.3)
        for _ in range(FILINGS)
    ]
    with closing(Database(house.settings.postgres, "complaints", connections=12)) as database:

        def attempt(one: tuple[str, datetime, bool]) -> tuple[str, str] | None:
            agency, now, fails = one
            told = Occasion(service="complaints", agency=agency)
            with suppress(PowerFailsError), database.transaction(told) as session:
                complaint, _ = file(session, FilingIn(narrative="x"), PUBLIC, now, RULES, vault)
                power_goes_on(not fails)
                return agency, complaint.number
            return None

        before = {agency: last_numbers(database, agency) for agency in AGENCIES}
        with ThreadPoolExecutor(12) as threads:
            filed = [found for found in threads.map(attempt, wanted) if found]

    assert len(filed) == sum(not fails for _, _, fails in wanted)
    for agency in AGENCIES:
        for year in (2041, 2042):
            first = before[agency].get(year, 0) + 1
            many = sum((who, year_of(now), fails) == (agency, year, False) for who, now, fails in wanted)
            numbers = sorted(number for who, number in filed if who == agency and number.startswith(f"C{year}-"))
            assert numbers == [f"C{year}-{number:06d}" for number in range(first, first + many)]
