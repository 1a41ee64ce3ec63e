"""A list that is taken along holds what the list held, and nothing that runs."""

import csv
from typing import Any
from uuid import uuid4

import pytest

from services.complaints.queries import exporting
from services.complaints.shapes.cases import ComplaintOut
from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.test_finding import audited, filed
from tests.rooms import Person


def exported(desk: Desk, by: Person, **wanted: Any) -> list[dict[str, str]]:
    answer = desk.client.get(f"{COMPLAINTS}/export", params=wanted, headers=dict(by.headers))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="complaints.csv"'
    return list(csv.DictReader(answer.content.decode("utf-8").splitlines()))


def test_a_list_is_taken_along_under_the_names_of_the_api(desk: Desk) -> None:
    street = f"Calle {uuid4().hex} Núñez"
    first, second = filed(desk, place=street)["id"], filed(desk, place=street)["id"]

    lines = exported(desk, desk.commander, text=street)

    assert [line["id"] for line in lines] == [second, first]
    assert list(lines[0]) == list(exporting.COLUMNS)
    assert set(exporting.COLUMNS) < set(ComplaintOut.model_fields)
    read = desk.client.get(f"{COMPLAINTS}/{first}", headers=dict(desk.commander.headers)).json()
    assert lines[1] == {name: str(read[name] or "") for name in exporting.COLUMNS}
    assert lines[1]["place"] == street


def test_what_a_spreadsheet_would_run_is_defused(desk: Desk) -> None:
    mark = uuid4().hex
    filed(desk, place=f'=HYPERLINK("http://example.org/{mark}", "{mark}")')

    (line,) = exported(desk, desk.commander, text=mark)

    assert line["place"].startswith("'=HYPERLINK(")


def test_only_what_one_may_see_is_taken_along_and_the_audit_says_how_much(desk: Desk) -> None:
    complaint = desk.assigned()
    desk.classified()
    officer = str(desk.officer_id)
    accused = desk.house.person(Role.COMMANDER, id=desk.officer_id)

    assert [line["id"] for line in exported(desk, desk.investigator, officer=officer)] == [complaint["id"]]
    assert len(exported(desk, desk.commander, officer=officer)) == 2
    assert exported(desk, accused, officer=officer) == []
    kept = audited(desk, "export complaints", desk.commander)
    assert kept == [f"2 complaints: officer {officer}"]
    assert audited(desk, "export complaints", accused) == [f"0 complaints: officer {officer}"]


def test_too_many_at_once_are_refused_and_nothing_is_said_to_have_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        desk.classified()
    monkeypatch.setattr(exporting, "MOST", 2)
    wanted = {"officer": str(desk.officer_id)}

    answer = desk.client.get(f"{COMPLAINTS}/export", params=wanted, headers=dict(desk.commander.headers))

    detail = "These are more than 2 complaints; ask for fewer at once, such as those of one year."
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)
    assert audited(desk, "export complaints", desk.commander) == []


def test_a_long_list_is_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    monkeypatch.setattr(exporting, "IN_MEMORY", 200)
    complaints = [desk.classified()["id"] for _ in range(7)]

    lines = exported(desk, desk.commander, officer=str(desk.officer_id))

    assert [line["id"] for line in lines] == complaints[::-1]


def test_an_export_takes_no_page(desk: Desk) -> None:
    answer = desk.client.get(f"{COMPLAINTS}/export", params={"limit": 5}, headers=dict(desk.commander.headers))

    assert answer.status_code == 422
    assert answer.json()["detail"] == "The query parameter 'limit' is not known here; leave it out."
