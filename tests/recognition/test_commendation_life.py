from uuid import uuid4

import pytest

from shared.actors import Role
from tests.recognition.hall import REASON, Hall, Json
from tests.recognition.make import make_civilian_nomination

TOPICS = ("accord.recognition", "accord.oversight", "accord.public")


def rows(version: int, name: str, *payloads: Json) -> list[tuple[int, str, str, Json]]:
    """Return the rows of one event, from the internal topic outwards."""
    told = zip(TOPICS, payloads, strict=False)
    return [(version, topic, f"commendation.{name}.v1", payload) for topic, payload in told]


def test_every_step_tells_each_audience_what_it_may_know(hall: Hall) -> None:
    officer_id = str(uuid4())
    commendation = hall.presented(officer_id=officer_id)

    award = {"award": "lifesaving"}
    shown = {**award, "criterion": "lifesaving", "recipient": None}
    ballots = [row for version in range(4, 9) for row in rows(version, "ballot_cast", {})]
    tally = {"yes": 4, "no": 1}
    counted = {**tally, "recused": 0}
    assert commendation["state"] == "presented"
    assert hall.told(commendation)[3:] == [
        *rows(2, "verified", {}, {}, {}),
        *rows(3, "submitted", {}, {}, {}),
        *ballots,
        *rows(9, "voted", counted, counted, tally),
        *rows(10, "approved", award, award, award),
        *rows(11, "presented", {**shown, "officer_id": officer_id}, shown, shown),
    ]


def test_a_name_is_published_only_with_consent(hall: Hall) -> None:
    commendation = hall.approved()

    body = {"consent_to_publish_name": True, "name": "Officer Dana Reyes"}
    presented = hall.step(commendation, "presentation", hall.supervisor, body)

    assert presented["name_published"] is True
    shown = {"award": "lifesaving", "criterion": "lifesaving", "recipient": "Officer Dana Reyes"}
    assert hall.told(commendation)[-1:] == [(11, "accord.public", "commendation.presented.v1", shown)]


@pytest.mark.parametrize(
    "body", [{"consent_to_publish_name": False, "name": "Dana Reyes"}, {"consent_to_publish_name": True}]
)
def test_consent_and_name_come_together(hall: Hall, body: Json) -> None:
    sentence = "The body: give the name exactly when the recipient consents to its publication."

    assert hall.refused(hall.approved(), "presentation", hall.chief, body) == (422, sentence)


def test_whoever_nominated_does_not_verify(hall: Hall) -> None:
    commendation = hall.nominated(by=hall.supervisor)

    refusal = hall.refused(commendation, "verification", hall.supervisor, REASON)

    assert refusal == (409, "Whoever nominated somebody may not take this step.")


def test_whoever_is_nominated_does_not_verify_nor_learn_of_it(hall: Hall) -> None:
    commendation = hall.nominated(officer_id=str(hall.supervisor.id))

    refusal = hall.refused(commendation, "verification", hall.supervisor, REASON)

    assert refusal == (404, "There is no such commendation here.")


def test_only_a_supervisor_verifies_and_only_once(hall: Hall) -> None:
    commendation = hall.nominated()
    assert hall.refused(commendation, "verification", hall.nominator, REASON)[0] == 403
    hall.step(commendation, "verification", hall.supervisor, REASON)

    status, sentence = hall.refused(commendation, "verification", hall.house.person(Role.SUPERVISOR), REASON)

    assert status == 409
    assert sentence.startswith("A commendation that is verified cannot be taken through 'verify'; from here: submit")


def test_the_chief_approves_only_what_the_board_voted_for(hall: Hall) -> None:
    commendation = hall.voted(yes=2, no=3)
    sentence = "The board has not voted in favour; deny it, with reasons."
    assert hall.refused(commendation, "approval", hall.chief) == (409, sentence)

    denied = hall.step(commendation, "denial", hall.chief, REASON)

    assert denied["state"] == "denied"
    assert hall.told(commendation)[-3:] == rows(10, "denied", {}, {}, {})


def test_the_chief_does_not_approve_their_own_nomination(hall: Hall) -> None:
    chief = hall.house.person(Role.ADJUDICATOR, Role.SUPERVISOR)
    commendation = hall.nominated(by=chief)
    hall.step(commendation, "verification", hall.supervisor, REASON)
    hall.step(commendation, "submission", hall.records)
    for member in hall.board[:5]:
        hall.step(commendation, "ballots", member, {"choice": "yes"})
    hall.step(commendation, "vote", hall.board[0])

    refusal = hall.refused(commendation, "approval", chief)

    assert refusal == (409, "Whoever nominated somebody may not take this step.")


def test_a_denial_says_why(hall: Hall) -> None:
    assert hall.refused(hall.voted(), "denial", hall.chief, {"because": " "})[0] == 422


def test_facts_that_do_not_hold_up_end_with_a_supervisor(hall: Hall) -> None:
    assert hall.step(hall.nominated(), "denial", hall.supervisor, REASON)["state"] == "denied"
    assert hall.refused(hall.verified(), "denial", hall.supervisor, REASON)[0] == 403


def test_only_the_nominator_withdraws(hall: Hall) -> None:
    commendation = hall.verified()
    sentence = "Only whoever nominated may withdraw the nomination."
    assert hall.refused(commendation, "withdrawal", hall.supervisor, REASON) == (409, sentence)
    assert hall.refused(commendation, "withdrawal", hall.house.person(Role.OFFICER), REASON)[0] == 404

    assert hall.step(commendation, "withdrawal", hall.nominator, REASON)["state"] == "withdrawn"
    assert hall.told(commendation)[-3:] == rows(3, "withdrawn", {}, {}, {})


def test_an_approved_award_is_not_withdrawn(hall: Hall) -> None:
    assert hall.refused(hall.approved(), "withdrawal", hall.nominator, REASON)[0] == 409


@pytest.mark.parametrize("stage", ["nominated", "verified", "submitted", "voted", "approved"])
def test_what_is_held_goes_on_from_where_it_was(hall: Hall, stage: str) -> None:
    commendation = getattr(hall, stage)()
    version = commendation["version"]

    held = hall.step(commendation, "hold", hall.records, REASON)
    released = hall.step(commendation, "release", hall.chief, REASON)

    assert (held["state"], held["held_from"]) == ("on hold", commendation["state"])
    assert (released["state"], released["held_from"]) == (commendation["state"], None)
    assert hall.told(commendation)[-2:] == [
        *rows(version + 1, "held", {}),
        *rows(version + 2, "released", {}),
    ]


def test_nothing_goes_on_while_it_is_held(hall: Hall) -> None:
    commendation = hall.step(hall.nominated(), "hold", hall.records, REASON)

    status, sentence = hall.refused(commendation, "verification", hall.supervisor, REASON)

    assert status == 409
    assert sentence.startswith("A commendation that is on hold cannot be taken through 'verify'; from here: withdraw")


def test_only_what_is_held_is_released(hall: Hall) -> None:
    assert hall.refused(hall.nominated(), "release", hall.records, REASON)[0] == 409
    assert hall.refused(hall.nominated(), "hold", hall.supervisor, REASON)[0] == 403


def test_an_award_is_rescinded_only_after_it_was_presented(hall: Hall) -> None:
    assert hall.refused(hall.approved(), "rescission", hall.chief, REASON)[0] == 409
    commendation = hall.presented()

    rescinded = hall.step(commendation, "rescission", hall.chief, REASON)

    assert rescinded["state"] == "rescinded"
    award = {"award": "lifesaving"}
    internal = {**award, "officer_id": commendation["officer_id"]}
    assert hall.told(commendation)[-3:] == rows(12, "rescinded", internal, award, award)


def test_a_civilian_is_honoured_too(hall: Hall) -> None:
    _, commendation = hall.send("", hall.nominator, make_civilian_nomination())

    assert hall.step(commendation, "verification", hall.supervisor, REASON)["state"] == "verified"
