import pytest
from fastapi.testclient import TestClient

from shared.actors import Role
from tests.recognition.hall import REASON, Hall, Json

YES = {"choice": "yes"}
RECUSED = {"choice": "recused", "because": "The nominee is my brother."}


def vote(hall: Hall, *ballots: Json) -> Json:
    commendation = hall.submitted()
    for member, ballot in zip(hall.board, ballots, strict=False):
        hall.step(commendation, "ballots", member, ballot)
    return commendation


def test_each_member_votes_once(hall: Hall) -> None:
    commendation = vote(hall, YES)

    refusal = hall.refused(commendation, "ballots", hall.board[0], {"choice": "no"})

    assert refusal == (409, "You have cast your ballot on this commendation already; a ballot is not changed.")


def test_only_the_board_votes(hall: Hall) -> None:
    assert hall.refused(hall.submitted(), "ballots", hall.chief, YES)[0] == 403


def test_the_board_votes_only_on_what_is_before_it(hall: Hall) -> None:
    assert hall.refused(hall.verified(), "ballots", hall.board[0], YES)[0] == 409


def test_no_more_ballots_than_the_board_has_members(hall: Hall) -> None:
    commendation = vote(hall, *[YES] * 7)

    refusal = hall.refused(commendation, "ballots", hall.house.person(Role.AWARD_BOARD), YES)

    assert refusal == (409, "All 7 members of the board have cast their ballots.")


def test_whoever_nominated_recuses_themselves(hall: Hall) -> None:
    member = hall.house.person(Role.AWARD_BOARD, Role.OFFICER)
    commendation = hall.submitted(by=member)
    sentence = "Whoever nominated does not vote on the nomination; recuse yourself."
    assert hall.refused(commendation, "ballots", member, YES) == (409, sentence)

    assert hall.step(commendation, "ballots", member, RECUSED)["ballots_cast"] == 1
    assert hall.refused(commendation, "vote", member)[0] == 409


def test_whoever_is_nominated_does_not_learn_of_the_vote(hall: Hall) -> None:
    commendation = hall.submitted(officer_id=str(hall.board[3].id))

    assert hall.refused(commendation, "ballots", hall.board[3], YES)[0] == 404


def test_a_recusal_names_the_conflict(hall: Hall) -> None:
    refusal = hall.refused(hall.submitted(), "ballots", hall.board[0], {"choice": "recused"})

    assert refusal == (422, "The body: a recusal says in `because` what the conflict is.")


def test_recusals_do_not_make_a_quorum(hall: Hall) -> None:
    commendation = vote(hall, YES, YES, YES, YES, RECUSED)

    refusal = hall.refused(commendation, "vote", hall.board[0])

    assert refusal == (409, "The board's quorum is 5 and 4 have voted; recusals do not count.")


def test_how_the_board_leans_is_not_shown_before_the_vote_is_closed(hall: Hall) -> None:
    commendation = vote(hall, YES, YES, YES, YES, YES, RECUSED)

    _, read = hall.read(commendation, hall.supervisor)
    closed = hall.step(commendation, "vote", hall.board[0])

    assert (read["ballots_cast"], read["yes"], read["no"]) == (6, None, None)
    assert (closed["state"], closed["yes"], closed["no"]) == ("voted", 5, 0)
    assert hall.told(commendation)[-3:] == [
        (10, "accord.recognition", "commendation.voted.v1", {"yes": 5, "no": 0, "recused": 1}),
        (10, "accord.oversight", "commendation.voted.v1", {"yes": 5, "no": 0, "recused": 1}),
        (10, "accord.public", "commendation.voted.v1", {"yes": 5, "no": 0}),
    ]


@pytest.mark.parametrize(("yes", "no", "status"), [(4, 3, 200), (3, 3, 409), (3, 4, 409)])
def test_the_majority_decides_and_a_tie_is_none(hall: Hall, yes: int, no: int, status: int) -> None:
    commendation = hall.voted(yes=yes, no=no)

    assert hall.send(f"/{commendation['id']}/approval", hall.chief)[0] == status


def test_nobody_votes_after_the_close(hall: Hall) -> None:
    assert hall.refused(hall.voted(), "ballots", hall.board[6], YES)[0] == 409


def test_a_repeated_ballot_request_is_one_ballot(hall: Hall, recognition: TestClient) -> None:
    commendation = hall.submitted()
    headers = {**hall.board[0].headers, "Idempotency-Key": "the same request twice"}
    path = f"/agencies/rivertown/commendations/{commendation['id']}/ballots"

    answers = [recognition.post(path, json=YES, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert hall.read(commendation, hall.supervisor)[1]["ballots_cast"] == 1


def test_only_a_verified_nomination_comes_before_the_board(hall: Hall) -> None:
    commendation = hall.nominated()
    assert hall.refused(commendation, "submission", hall.records)[0] == 409
    hall.step(commendation, "verification", hall.supervisor, REASON)

    assert hall.refused(commendation, "submission", hall.supervisor)[0] == 403
    assert hall.step(commendation, "submission", hall.records)["state"] == "before the board"
