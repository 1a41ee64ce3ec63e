"""The roster: who serves, where and under whom, and who has left."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.actors import Role
from tests.discipline.bench import Bench
from tests.discipline.make import in_days, today
from tests.make import AGENCY
from tests.rooms import Person, outbox_of

ROSTER = f"/agencies/{AGENCY}/discipline/roster"
SWORN = "2015-06-01"
GONE = {"leaving": "resigned", "because": "A letter of resignation of today."}


def make_officer(**over: Any) -> dict[str, Any]:
    """Return an officer who is to be entered."""
    plain = {"id": str(uuid4()), "badge": uuid4().hex[:8], "name": "Dana Whitfield", "rank": "Officer"}
    return {**plain, "unit": "Patrol, north", "sworn_on": SWORN, **over}


def ask(bench: Bench, path: str, by: Person, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """Post to the roster, or read it, and return status and body."""
    method = "GET" if body is None else "POST"
    answer = bench.client.request(method, f"{ROSTER}{path}", json=body, headers=dict(by.headers))
    told: dict[str, Any] = answer.json()
    return answer.status_code, told


def entered(bench: Bench, **over: Any) -> dict[str, Any]:
    """Return an officer who serves."""
    status, officer = ask(bench, "", bench.records, make_officer(**over))
    assert status == 201, officer
    return officer


def departed(bench: Bench) -> dict[str, Any]:
    """Return an officer who has left today."""
    status, officer = ask(bench, f"/{entered(bench)['id']}/departure", bench.records, {**GONE, "left_on": in_days(0)})
    assert status == 200, officer
    return officer


def test_an_officer_is_entered_posted_and_looked_up(bench: Bench) -> None:
    officer = entered(bench)
    posting = {"rank": "Sergeant", "unit": "Investigations", "supervisor_id": str(uuid4())}

    status, posted = ask(bench, f"/{officer['id']}/posting", bench.records, posting)

    assert (status, posted) == (200, {**officer, **posting, "version": 2})
    assert ask(bench, f"/{officer['id']}", bench.commander) == (200, posted)
    assert ask(bench, "?state=serving", bench.commander)[1]["officers"][0] == posted


def test_a_departure_is_told_to_the_services_and_to_oversight_without_a_name(bench: Bench) -> None:
    officer = departed(bench)

    assert (officer["state"], officer["leaving"], officer["left_on"]) == ("departed", "resigned", in_days(0))
    told = outbox_of(bench.house, "discipline", officer["id"])
    assert told == [
        (1, "accord.discipline", "officer.entered.v1", {}),
        (2, "accord.discipline", "officer.departed.v1", {"leaving": "resigned", "left_on": in_days(0)}),
        (2, "accord.oversight", "officer.departed.v1", {"leaving": "resigned"}),
    ]


def test_whoever_has_left_is_posted_nowhere_and_leaves_once_and_can_return(bench: Bench) -> None:
    officer = departed(bench)
    here = f"/{officer['id']}"

    status, again = ask(bench, f"{here}/departure", bench.records, {**GONE, "left_on": in_days(0)})
    assert (status, again["detail"]) == (
        409,
        "A roster entry that is departed cannot be taken through 'note departure'; from here: note return.",
    )
    assert ask(bench, f"{here}/posting", bench.records, {"rank": "Chief", "unit": "All"})[0] == 409
    status, back = ask(bench, f"{here}/return", bench.records, {"because": "The resignation was withdrawn."})
    assert (status, back["state"], back["leaving"], back["left_on"]) == (200, "serving", None, None)


def test_nobody_leaves_on_a_day_to_come_or_before_they_were_sworn_in(bench: Bench) -> None:
    officer = entered(bench, sworn_on=(today() - timedelta(days=10)).isoformat())
    path = f"/{officer['id']}/departure"

    status, early = ask(bench, path, bench.records, {**GONE, "left_on": in_days(-11)})
    assert (status, early["detail"]) == (
        422,
        f"left_on is {in_days(-11)}, before the officer was sworn in on {in_days(-10)}.",
    )
    status, late = ask(bench, path, bench.records, {**GONE, "left_on": in_days(2)})
    assert (status, late["detail"]) == (422, f"left_on is {in_days(2)}, which is still to come.")
    assert ask(bench, f"/{officer['id']}", bench.records)[1] == officer


def test_a_badge_and_an_officer_are_entered_once(bench: Bench) -> None:
    officer = entered(bench)

    status, said = ask(bench, "", bench.records, make_officer(badge=officer["badge"]))
    assert (status, said["detail"]) == (409, "Somebody else has or had this badge; badges are not given twice.")
    status, said = ask(bench, "", bench.records, make_officer(id=officer["id"]))
    assert (status, said["detail"]) == (409, "This officer is in the roster already.")


def test_nobody_supervises_themselves_or_is_sworn_in_tomorrow(bench: Bench) -> None:
    mine = str(uuid4())

    status, said = ask(bench, "", bench.records, make_officer(id=mine, supervisor_id=mine))
    assert (status, said["detail"]) == (
        422,
        "An officer is not their own supervisor; leave supervisor_id out if they have none.",
    )
    assert ask(bench, "", bench.records, make_officer(sworn_on=in_days(2)))[0] == 422


def test_nobody_keeps_their_own_entry(bench: Bench) -> None:
    clerk = bench.house.person(Role.RECORDS)
    assert ask(bench, "", clerk, make_officer(id=str(clerk.id)))[0] == 409
    officer = entered(bench, id=str(clerk.id))

    status, said = ask(bench, f"/{officer['id']}/departure", clerk, {**GONE, "left_on": in_days(0)})

    assert (status, said["detail"]) == (409, "Nobody changes their own entry in the roster.")


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.SUPERVISOR, Role.OFFICER, Role.OVERSIGHT])
def test_only_records_and_administrators_keep_the_roster(bench: Bench, role: Role) -> None:
    assert ask(bench, "", bench.house.person(role), make_officer())[0] == 403


def test_another_agency_has_a_roster_of_its_own(bench: Bench) -> None:
    officer = entered(bench)
    elsewhere = bench.house.person(Role.RECORDS, agencies=("lansing-mi",))
    path = f"/agencies/lansing-mi/discipline/roster/{officer['id']}"

    answer = bench.client.get(path, headers=dict(elsewhere.headers))

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such officer here.")
    assert UUID(officer["id"])
