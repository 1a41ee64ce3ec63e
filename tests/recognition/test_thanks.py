from uuid import uuid4

import pytest

from shared.actors import Role
from tests.recognition.hall import COMMENDATIONS, REASON, Hall, Json
from tests.recognition.make import days_ago, make_thanks

PUBLIC = {"award": "letter-of-commendation", "criterion": "outstanding service", "from_public": True}


def as_told(version: int) -> list[tuple[int, str, str, Json]]:
    name = "commendation.nominated.v1"
    return [
        (version, "accord.recognition", name, {**PUBLIC, "officer_id": None}),
        (version, "accord.oversight", name, PUBLIC),
        (version, "accord.public", name, PUBLIC),
    ]


def test_anyone_thanks_without_a_token(hall: Hall) -> None:
    thanked = hall.thanked()

    assert set(thanked) == {"id", "number", "public_ref"}
    assert hall.told(thanked) == as_told(1)
    _, commendation = hall.read(thanked, hall.supervisor)
    assert commendation["state"] == "nominated"
    assert commendation["nominator_id"] is None
    assert commendation["officer_described"] == "the tall one on Elm Street"


@pytest.mark.parametrize(
    "sender", [{}, {"name": "", "contact": "", "deed_on": ""}, {"name": "Ann Bell", "contact": "555-0101"}]
)
def test_a_web_form_thanks_too_and_may_leave_fields_empty(hall: Hall, sender: dict[str, str]) -> None:
    form = {"statement": "He stopped the bleeding.", "officer": "badge 12", "criterion": "lifesaving", **sender}

    answer = hall.client.post(f"{COMMENDATIONS}/thanks/form", data=form)

    assert answer.status_code == 201, answer.text
    _, commendation = hall.read(answer.json(), hall.supervisor)
    assert commendation["criterion"] == "lifesaving"
    assert commendation["statement"] == "He stopped the bleeding."
    assert commendation["deed_on"] is None


def test_a_thank_you_is_never_late_and_never_of_the_future(hall: Hall) -> None:
    hall.thanked(deed_on=days_ago(400))

    assert hall.send("/thanks", None, make_thanks(deed_on=days_ago(-2)))[0] == 422


def test_a_supervisor_identifies_the_officer_before_the_facts_are_verified(hall: Hall) -> None:
    thanked, officer_id = hall.thanked(), str(uuid4())
    sentence = "Nobody has identified the officer yet; identify the officer first."
    assert hall.refused(thanked, "verification", hall.supervisor, REASON) == (409, sentence)

    commendation = hall.step(thanked, "identification", hall.supervisor, {"officer_id": officer_id})

    assert commendation["officer_id"] == officer_id
    identified = (2, "accord.recognition", "commendation.officer_identified.v1", {"officer_id": officer_id})
    assert hall.told(thanked) == [*as_told(1), identified]
    assert hall.step(thanked, "verification", hall.supervisor, REASON)["state"] == "verified"


def test_an_officer_is_identified_once_and_by_a_supervisor(hall: Hall) -> None:
    thanked, body = hall.thanked(), {"officer_id": str(uuid4())}
    assert hall.refused(thanked, "identification", hall.chief, body)[0] == 403
    hall.step(thanked, "identification", hall.supervisor, body)

    again = hall.refused(thanked, "identification", hall.supervisor, body)

    assert again == (409, "It is known already who is to receive this.")


def test_the_day_of_the_deed_is_found_out_with_the_officer(hall: Hall) -> None:
    thanked, officer_id = hall.thanked(deed_on=None), str(uuid4())
    sentence = "The thank-you does not say when it was; give the day in deed_on."
    assert hall.refused(thanked, "identification", hall.supervisor, {"officer_id": officer_id}) == (422, sentence)

    future = {"officer_id": officer_id, "deed_on": days_ago(-2)}
    assert hall.refused(thanked, "identification", hall.supervisor, future)[0] == 422

    body = {"officer_id": officer_id, "deed_on": days_ago(5)}
    assert hall.step(thanked, "identification", hall.supervisor, body)["deed_on"] == days_ago(5)


def test_a_supervisor_does_not_identify_themselves(hall: Hall) -> None:
    body = {"officer_id": str(hall.supervisor.id)}

    assert hall.refused(hall.thanked(), "identification", hall.supervisor, body)[0] == 409


def test_an_officer_who_thanks_themselves_with_their_token_is_found_out(hall: Hall) -> None:
    _, thanked = hall.send("/thanks", hall.nominator, make_thanks())

    refusal = hall.refused(thanked, "identification", hall.supervisor, {"officer_id": str(hall.nominator.id)})

    assert refusal == (409, "Nobody nominates themselves; ask a colleague or a supervisor to nominate you.")


def test_two_thank_yous_for_one_deed_are_one_nomination(hall: Hall) -> None:
    first, second, body = hall.thanked(), hall.thanked(), {"officer_id": str(uuid4())}
    hall.step(first, "identification", hall.supervisor, body)

    refusal = hall.refused(second, "identification", hall.supervisor, body)

    assert refusal == (409, "This officer is nominated for this award and this deed already.")
    assert hall.step(second, "denial", hall.supervisor, {"because": "It is told twice."})["state"] == "denied"


def test_whoever_thanked_by_token_sees_their_thank_you(hall: Hall) -> None:
    _, thanked = hall.send("/thanks", hall.nominator, make_thanks())

    assert hall.read(thanked, hall.nominator)[0] == 200
    assert hall.read(thanked, hall.house.person(Role.OFFICER))[0] == 404
