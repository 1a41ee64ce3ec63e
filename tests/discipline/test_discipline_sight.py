"""Who sees which discipline case."""

from datetime import date

import pytest
from sqlalchemy import text

from shared.actors import Role
from shared.occasion import Occasion
from tests.discipline.bench import Bench
from tests.discipline.make import in_days, make_charge, make_decision

HIDDEN = "There is no such discipline case here."


@pytest.mark.parametrize("role", [Role.ADJUDICATOR, Role.COMMANDER, Role.RECORDS, Role.AUDITOR])
def test_staff_see_the_cases_of_their_agency(bench: Bench, role: Role) -> None:
    case_id = bench.opened()
    person = bench.house.person(role)

    status, case = bench.read(case_id, person)

    assert (status, case["officer_id"]) == (200, str(bench.officer.id))
    assert case["complaint_id"] is not None
    assert case_id in {line["id"] for line in bench.listed(person, officer_id=bench.officer.id)["cases"]}


def test_officers_see_their_own_case_but_not_which_complaint_it_came_from(bench: Bench) -> None:
    case_id = bench.walked(bench.opened(), to="notice served")

    status, case = bench.read(case_id, bench.officer)
    answered = bench.step(case_id, "response", bench.officer, {"statement": "I was provoked."})

    assert (status, case["id"], case["evidence"]) == (200, case_id, "The recording.")
    assert case["complaint_id"] is None
    assert answered["complaint_id"] is None
    assert [line["id"] for line in bench.listed(bench.officer)["cases"]] == [case_id]


def test_another_officer_is_not_told_that_the_case_exists(bench: Bench) -> None:
    case_id = bench.opened()
    colleague = bench.house.person(Role.OFFICER)

    assert bench.read(case_id, colleague)[0] == 404
    assert bench.read(case_id, colleague)[1]["detail"] == HIDDEN
    assert bench.listed(colleague)["cases"] == []


def test_whoever_is_concerned_sees_their_case_as_an_officer_or_not_at_all(bench: Bench) -> None:
    commander = bench.house.person(Role.COMMANDER)
    case_id = bench.charged(make_charge(commander.id))

    assert bench.read(case_id, commander)[0] == 404
    assert bench.refused(case_id, "range", commander, {}) == (404, HIDDEN)
    assert bench.listed(commander, officer_id=commander.id)["cases"] == []
    also_officer = bench.house.person(Role.COMMANDER, Role.OFFICER, id=commander.id)
    assert bench.read(case_id, also_officer)[1]["complaint_id"] is None
    assert [line["id"] for line in bench.listed(also_officer, officer_id=commander.id)["cases"]] == [case_id]


def test_a_supervisor_sees_a_case_once_it_is_to_be_carried_out(bench: Bench) -> None:
    case_id = bench.opened()

    def seen() -> tuple[int, list[str]]:
        page = bench.listed(bench.supervisor, officer_id=bench.officer.id)
        return bench.read(case_id, bench.supervisor)[0], [line["id"] for line in page["cases"]]

    before = seen()
    bench.walked(case_id, to="final")

    assert before == (404, [])
    assert seen() == (200, [case_id])


@pytest.mark.parametrize("role", [Role.INTAKE, Role.INVESTIGATOR, Role.AWARD_BOARD, Role.OVERSIGHT, Role.ADMIN])
def test_nobody_else_is_admitted(bench: Bench, role: Role) -> None:
    assert bench.read(bench.opened(), bench.house.person(role))[0] == 403


def test_another_agency_sees_nothing(bench: Bench) -> None:
    case_id = bench.opened()
    neighbour = bench.house.person(Role.COMMANDER, agencies=("lansing-mi",))

    assert bench.read(case_id, neighbour)[0] == 403
    status, refusal = bench.read(case_id, neighbour, agency="lansing-mi")
    assert (status, refusal["detail"]) == (404, HIDDEN)
    assert bench.listed(neighbour, agency="lansing-mi", officer_id=bench.officer.id)["cases"] == []


@pytest.mark.parametrize("table", ["discipline_case", "sustained_count", "ruling", "prior", "training"])
def test_the_wall_between_agencies_stands_around_every_table(bench: Bench, table: str) -> None:
    bench.walked(bench.opened(incident_on=date(2024, 1, 2)), to="final")
    training = [{"topic": "leadership", "due_on": in_days(90)}]
    case_id = bench.walked(bench.opened(), to="responded")
    bench.step(case_id, "decision", bench.adjudicator, make_decision(training=training))

    def seen_from(agency: str) -> list[str]:
        with bench.house.database("discipline") as database, database.transaction(Occasion("", agency)) as session:
            return list(session.scalars(text(f"select distinct agency from {table}")))

    assert seen_from("rivertown") == ["rivertown"]
    assert seen_from("south-bend-in") == []
    assert seen_from("") == []


def test_reading_a_case_is_noted_with_who_read_it(bench: Bench) -> None:
    case_id = bench.opened()

    bench.read(case_id, bench.records)

    with bench.house.database("discipline") as database, database.engine.begin() as connection:
        connection.exec_driver_sql("select set_config('accord.agency', 'rivertown', true)")
        deeds = connection.exec_driver_sql(
            "select actor_id, roles, deed, case_version from audit where case_id = %(id)s and deed like 'read%%'",
            {"id": case_id},
        ).all()
    assert [tuple(deed) for deed in deeds] == [(bench.records.id, "records", "read discipline case", 1)]


def test_a_list_goes_page_by_page_from_the_newest_to_the_oldest(bench: Bench) -> None:
    opened = {bench.opened() for _ in range(3)}

    first = bench.listed(bench.officer, limit=2)
    second = bench.listed(bench.officer, limit=2, after=first["next"])

    pages = [[line["id"] for line in page["cases"]] for page in (first, second)]
    assert [len(page) for page in pages] == [2, 1]
    assert set(pages[0] + pages[1]) == opened
    assert second["next"] is None


def test_a_list_is_filtered_by_state(bench: Bench) -> None:
    bench.opened()
    proposed = bench.walked(bench.opened(), to="proposed")

    page = bench.listed(bench.records, officer_id=bench.officer.id, state="proposed")

    assert [(line["id"], line["state"]) for line in page["cases"]] == [(proposed, "proposed")]
