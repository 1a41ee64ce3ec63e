import pytest
from sqlalchemy import text

from tests.accord.conftest import run
from tests.rooms import House


def test_a_release_is_made_once_and_put_right_by_another(house: House, screen: pytest.CaptureFixture[str]) -> None:
    run(screen, "statistics", "release")
    assert run(screen, "statistics", "release") == (0, "This month's release is there already.\n")
    with house.database("gateway") as database, database.engine.connect() as connection:
        newest = connection.execute(text("select max(number) from release")).scalar_one()
    made = f"Made release {newest + 1}, which puts release {newest} right.\n"
    assert run(screen, "statistics", "correct", str(newest), "--because", "A month was missing.") == (0, made)


def test_a_release_that_there_is_not_is_not_put_right(screen: pytest.CaptureFixture[str]) -> None:
    code, said = run(screen, "statistics", "correct", "999999", "--because", "Nothing.")
    assert (code, said) == (1, "accord: There is no release 999999.\n")
