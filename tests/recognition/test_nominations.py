import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from shared.actors import Role
from tests.recognition.hall import REASON, Hall
from tests.recognition.make import days_ago, make_civilian_nomination, make_nomination


def test_a_peer_nominates_and_only_the_services_learn_whom(hall: Hall) -> None:
    officer_id = str(uuid4())

    commendation = hall.nominated(officer_id=officer_id, incident="26-004711")

    assert re.fullmatch(r"R\d{4}-\d{6}", commendation["number"])
    assert commendation["state"] == "nominated"
    assert commendation["nominator_id"] == str(hall.nominator.id)
    public = {"award": "lifesaving", "criterion": "lifesaving", "from_public": False}
    assert hall.told(commendation) == [
        (1, "accord.recognition", "commendation.nominated.v1", {**public, "officer_id": officer_id}),
        (1, "accord.oversight", "commendation.nominated.v1", public),
        (1, "accord.public", "commendation.nominated.v1", public),
    ]


def test_a_supervisor_nominates_too(hall: Hall) -> None:
    assert hall.nominated(by=hall.supervisor)["nominator_id"] == str(hall.supervisor.id)


def test_a_nomination_takes_a_token_of_a_member(hall: Hall) -> None:
    assert hall.send("", None, make_nomination())[0] == 401
    assert hall.send("", hall.house.person(Role.FACILITATOR), make_nomination())[0] == 403


def test_nobody_nominates_themselves(hall: Hall) -> None:
    status, answered = hall.send("", hall.nominator, make_nomination(officer_id=str(hall.nominator.id)))

    assert (status, answered["detail"]) == (
        409,
        "Nobody nominates themselves; ask a colleague or a supervisor to nominate you.",
    )


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"incident": "26-1"}, {"incident": "26-1", "deed_on": days_ago(4)}),
        ({"incident": "26-1"}, {}),
        ({}, {"incident": "26-1"}),
        ({}, {}),
    ],
    ids=["same incident", "the second names none", "the first names none", "same day"],
)
def test_one_officer_is_nominated_once_for_one_award_and_one_deed(
    hall: Hall, first: dict[str, Any], again: dict[str, Any]
) -> None:
    officer_id = str(uuid4())
    hall.nominated(officer_id=officer_id, **first)

    status, answered = hall.send("", hall.supervisor, make_nomination(officer_id=officer_id, **again))

    assert (status, answered["detail"]) == (409, "This officer is nominated for this award and this deed already.")


def test_of_many_at_the_same_moment_one_nomination_stands(hall: Hall) -> None:
    nomination = make_nomination()
    nominators = [hall.house.person(Role.SUPERVISOR) for _ in range(8)]

    with ThreadPoolExecutor(len(nominators)) as pool:
        answers = list(pool.map(lambda by: hall.send("", by, nomination)[0], nominators))

    assert sorted(answers) == [201, *[409] * 7]


@pytest.mark.parametrize(
    "other",
    [{"incident": "26-2"}, {"incident": "26-1", "award": "valor"}, {"deed_on": days_ago(9)}],
    ids=["another incident on the same day", "another award", "another day"],
)
def test_another_deed_or_award_is_no_duplicate(hall: Hall, other: dict[str, Any]) -> None:
    officer_id = str(uuid4())
    hall.nominated(officer_id=officer_id, incident="26-1")

    hall.nominated(by=hall.supervisor, officer_id=officer_id, **other)


def test_a_withdrawn_nomination_makes_room_for_another(hall: Hall) -> None:
    commendation = hall.nominated(incident="26-3")
    hall.step(commendation, "withdrawal", hall.nominator, REASON)

    hall.nominated(incident="26-3", officer_id=commendation["officer_id"])


def test_a_member_nominates_once_for_one_incident(hall: Hall) -> None:
    hall.nominated(incident="26-4")

    status, answered = hall.send("", hall.nominator, make_nomination(incident="26-4"))

    expected = "You have nominated somebody for the incident '26-4' already; withdraw that one first."
    assert (status, answered["detail"]) == (409, expected)
    hall.nominated(by=hall.supervisor, incident="26-4")


def test_a_late_nomination_needs_a_reason(hall: Hall) -> None:
    status, answered = hall.send("", hall.nominator, make_nomination(deed_on=days_ago(90)))

    expected = "The deed was 90 days ago and the window is 60 days; give the reason in late_because."
    late = hall.nominated(deed_on=days_ago(90), late_because="The witness was in hospital.")
    assert status == 422
    assert answered["detail"] in (expected, expected.replace("90", "89"))  # the agency's day may begin after ours
    assert late["late_because"] == "The witness was in hospital."


def test_a_deed_still_to_come_is_refused(hall: Hall) -> None:
    day = days_ago(-2)

    status, answered = hall.send("", hall.nominator, make_nomination(deed_on=day))

    assert status == 422
    assert answered["detail"] == f"The deed is said to have been done on {day}, which is still to come."


def test_an_unknown_award_is_refused_with_those_there_are(hall: Hall) -> None:
    status, answered = hall.send("", hall.nominator, make_nomination(award="golden-spoon"))

    assert status == 422
    assert answered["detail"] == (
        "The award 'golden-spoon' is not known; there is medal-of-honor, valor, purple-heart, lifesaving, "
        "meritorious-service, unit-citation, chiefs-award, community-service, letter-of-commendation, "
        "honorable-mention, citizen-award."
    )


def test_a_civilian_receives_only_what_civilians_can(hall: Hall) -> None:
    status, answered = hall.send("", hall.nominator, {**make_civilian_nomination(), "award": "valor"})

    expected = "The Medal of Valor is not given to civilians; for them there is citizen-award."
    assert (status, answered["detail"]) == (422, expected)
    status, commendation = hall.send("", hall.nominator, make_civilian_nomination())
    assert (status, commendation["civilian"], commendation["officer_id"]) == (201, True, None)


@pytest.mark.parametrize("wrong", [{"civilian": "Rosa Delgado"}, {"officer_id": None}], ids=["two", "none"])
def test_a_nomination_has_one_recipient(hall: Hall, wrong: dict[str, Any]) -> None:
    status, answered = hall.send("", hall.nominator, make_nomination(**wrong))

    expected = "The body: name one recipient: officer_id for an officer, or civilian for somebody else."
    assert (status, answered["detail"]) == (422, expected)
