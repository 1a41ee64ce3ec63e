from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from shared.actors import Role
from shared.events.complaints import AgencyFound, Finding, FindingCount
from tests.make import AGENCY
from tests.reconciliation.make import POLICY, refused, rows, tell
from tests.rooms import House, Person, outbox_of

HERE = f"/agencies/{AGENCY}/recommendations"
TEXT = "Foot pursuits are reviewed by a supervisor within a day."


class Board:
    """Those around a recommendation, and the client they use."""

    def __init__(self, house: House, client: TestClient) -> None:
        self.house, self.client = house, client
        self.oversight, self.liaison = house.person(Role.OVERSIGHT), house.person(Role.LIAISON)
        self.commander, self.supervisor = house.person(Role.COMMANDER), house.person(Role.SUPERVISOR)

    def post(self, who: Person | None, path: str, body: Any) -> Any:
        """Ask for a step; without a token where `who` is None."""
        return self.client.post(f"{HERE}{path}", json=body, headers=dict(who.headers) if who else {})

    def done(self, who: Person | None, path: str, body: Any) -> dict[str, Any]:
        """Take a step that must succeed."""
        answer = self.post(who, path, body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def opened(self) -> dict[str, Any]:
        """Return a recommendation of the board that has no words yet."""
        return self.done(self.oversight, "", {"origin": "oversight board"})

    def published(self, **over: Any) -> dict[str, Any]:
        """Return one that anyone may comment on."""
        return self.done(self.liaison, f"/{self.opened()['id']}/publication", {"text": TEXT, **over})

    def comment(self, one: dict[str, Any], text: str = "This is overdue.") -> Any:
        """Say something without a token."""
        return self.post(None, f"/of/{one['public_ref']}/comments", {"text": text})

    def days_pass(self, one: dict[str, Any]) -> None:
        """Let the days for comments be over."""
        rows(
            self.house,
            "update recommendation set comments_until = current_date - 3 where id = cast(:id as uuid) returning 1",
            id=one["id"],
        )

    def answered(self, answer: str = "accepted") -> dict[str, Any]:
        """Return one that the agency has answered."""
        one = self.published()
        self.days_pass(one)
        return self.done(self.commander, f"/{one['id']}/answer", {"answer": answer, "text": "We agree."})

    def told(self, one: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Return what the public is told of a recommendation, in order."""
        return [
            (kind.removeprefix("recommendation.").removesuffix(".v1"), payload)
            for _, topic, kind, payload in outbox_of(self.house, "reconciliation", one["id"])
            if topic == "accord.public"
        ]


@pytest.fixture
def board(house: House, reconciliation: TestClient) -> Board:
    return Board(house, reconciliation)


def day(ahead: int = 0) -> str:
    zone = ZoneInfo(POLICY.agencies[AGENCY].agency.timezone)
    return str(datetime.now(UTC).astimezone(zone).date() + timedelta(days=ahead))


def found(*failures: Finding) -> AgencyFound:
    counted = tuple(FindingCount(category="force", finding=failure, count=2) for failure in failures)
    return AgencyFound(failures=counted)


def of_complaint(board: Board, complaint_id: UUID) -> list[Any]:
    asked = "select id::text, state, failure, category from recommendation where complaint_id = :id order by number"
    return rows(board.house, asked, id=complaint_id)


def test_each_failure_of_the_agency_opens_a_recommendation(board: Board) -> None:
    complaint_id = uuid4()
    tell(board.house, "reconciliation", found(Finding.POLICY_FAILURE, Finding.TRAINING_FAILURE), complaint_id)

    opened = of_complaint(board, complaint_id)

    assert [(one.state, one.failure, one.category) for one in opened] == [
        ("opened", "policy failure", "force"),
        ("opened", "training failure", "force"),
    ]
    public = {"origin": "finding against the agency", "failure": "policy failure", "category": "force"}
    assert board.told({"id": opened[0].id}) == [("opened", public)]


def test_a_recommendation_goes_from_the_board_to_what_became_of_it(board: Board) -> None:
    one = board.published()
    assert (one["state"], one["comments_until"]) == ("open for comment", day(30))
    board.comment(one)
    board.done(board.liaison, f"/{one['id']}/comments/1/release", {})
    board.days_pass(one)
    board.done(board.commander, f"/{one['id']}/answer", {"answer": "accepted in part", "text": "Within a week."})
    board.done(board.supervisor, f"/{one['id']}/implementation", {"text": "Order 12 says so."})
    end = board.done(board.oversight, f"/{one['id']}/evaluation", {"effect": "it works", "text": "Half as many."})

    assert (end["state"], end["received"], end["settled"]) == ("evaluated", 1, 1)
    assert board.told(one) == [
        ("opened", {"origin": "oversight board", "failure": None, "category": None}),
        ("published", {"text": TEXT, "comments_until": day(30)}),
        ("commented", {"number": 1}),
        ("comment_released", {"number": 1, "text": "This is overdue.", "shortened": False}),
        ("answered", {"answer": "accepted in part", "text": "Within a week."}),
        ("implemented", {"text": "Order 12 says so."}),
        ("evaluated", {"effect": "it works", "text": "Half as many."}),
    ]


def test_anyone_comments_without_a_token_and_nothing_of_them_is_kept(board: Board) -> None:
    one = board.published()

    answer = board.comment(one, "  My street has seen three.  ")

    assert (answer.status_code, answer.json()) == (
        201,
        {
            "number": 1,
            "told": "Your comment has the number 1. It is read before it is published; if it is not, the record says "
            "why.",
        },
    )
    read = board.client.get(f"{HERE}/{one['id']}/comments", headers=dict(board.liaison.headers)).json()
    plain = {"number": 1, "text": "My street has seen three.", "released_text": None, "ground": None}
    assert read == {"comments": [{**plain, "received_on": day()}], "next": None}
    assert board.told(one)[-1] == ("commented", {"number": 1})


def test_comments_are_numbered_without_gaps_and_read_in_pages(board: Board) -> None:
    one = board.published()
    assert [board.comment(one, f"Comment {number}").json()["number"] for number in (1, 2, 3)] == [1, 2, 3]

    asked, headers = f"{HERE}/{one['id']}/comments", dict(board.oversight.headers)
    first = board.client.get(asked, params={"limit": 2}, headers=headers).json()
    second = board.client.get(asked, params={"limit": 2, "after": first["next"]}, headers=headers).json()

    assert [line["number"] for line in first["comments"]] == [1, 2]
    assert ([line["number"] for line in second["comments"]], second["next"]) == ([3], None)


def test_a_comment_is_published_whole_or_without_what_was_taken_out(board: Board) -> None:
    one = board.published()
    board.comment(one, "Officer Smith never reports.")

    board.done(board.liaison, f"/{one['id']}/comments/1/release", {"text": "[…] never reports."})

    released = {"number": 1, "text": "[…] never reports.", "shortened": True}
    assert board.told(one)[-1] == ("comment_released", released)


def test_a_comment_that_is_not_published_is_counted_with_the_ground(board: Board) -> None:
    one = board.published()
    board.comment(one, "Buy my book.")

    board.done(board.oversight, f"/{one['id']}/comments/1/withholding", {"ground": "it advertises"})

    assert board.told(one)[-1] == ("comment_withheld", {"number": 1, "ground": "it advertises"})
    again = board.post(board.oversight, f"/{one['id']}/comments/1/release", {})
    refused(again, 409, "This comment was released or withheld before.")
    none = board.post(board.oversight, f"/{one['id']}/comments/2/release", {})
    refused(none, 404, "There is no such comment on this recommendation.")


def test_comments_are_taken_until_their_last_day_has_passed(board: Board) -> None:
    one = board.published(comment_days=1)
    assert one["comments_until"] == day(1)
    board.days_pass(one)
    until = rows(board.house, "select comments_until from recommendation where id = cast(:id as uuid)", id=one["id"])

    refused(board.comment(one), 409, f"Comments were taken until {until[0].comments_until}.")


def test_nobody_comments_before_it_is_published_or_on_what_is_not_there(board: Board) -> None:
    refused(
        board.comment(board.opened()),
        409,
        "A recommendation that is opened cannot be taken through 'comment'; from here: publish.",
    )
    refused(board.comment({"public_ref": "a" * 16}), 404, "There is no such recommendation here.")
    assert board.comment({"public_ref": "nonsense"}).status_code == 422


@pytest.mark.parametrize("text", ["", "   ", "a" * 2_001, "a\x00b", "\u202eabc"])
def test_a_comment_that_holds_nothing_or_too_much_is_refused(board: Board, text: str) -> None:
    one = board.published()

    assert board.comment(one, text).status_code == 422
    assert board.told(one)[-1][0] == "published"


def test_the_agency_answers_after_everybody_could_comment_and_was_heard(board: Board) -> None:
    one = board.published()
    board.comment(one)
    answer = {"answer": "rejected", "text": "No money."}
    refused(
        board.post(board.commander, f"/{one['id']}/answer", answer),
        409,
        "1 of 1 comments are neither released nor withheld yet.",
    )
    board.done(board.liaison, f"/{one['id']}/comments/1/release", {})
    refused(
        board.post(board.commander, f"/{one['id']}/answer", answer),
        409,
        f"Comments are taken until {day(30)}; the agency answers after that.",
    )
    board.days_pass(one)

    rejected = board.done(board.commander, f"/{one['id']}/answer", answer)

    assert (rejected["state"], rejected["answer"], rejected["answer_text"]) == ("rejected", "rejected", "No money.")
    implemented = board.post(board.supervisor, f"/{one['id']}/implementation", {"text": "Done."})
    assert implemented.status_code == 409


def test_whoever_reports_that_it_was_done_does_not_say_whether_it_works(board: Board) -> None:
    both = board.house.person(Role.SUPERVISOR, Role.LIAISON)
    one = board.answered()
    board.done(both, f"/{one['id']}/implementation", {"text": "Order 12."})

    refused(
        board.post(both, f"/{one['id']}/evaluation", {"effect": "it works", "text": "Yes."}),
        409,
        "Whoever reported that it was implemented may not evaluate it.",
    )


def test_the_agency_does_not_write_what_is_recommended_to_it(board: Board) -> None:
    one = board.opened()

    assert board.post(board.commander, f"/{one['id']}/publication", {"text": TEXT}).status_code == 403
    assert board.post(None, f"/{one['id']}/publication", {"text": TEXT}).status_code == 401


def test_staff_list_and_read_recommendations_and_other_agencies_do_not(board: Board) -> None:
    one = board.published()

    listed = board.client.get(HERE, params={"state": "open for comment"}, headers=dict(board.commander.headers)).json()
    first = listed["recommendations"][0]
    assert (first["id"], first["public_ref"], first["state"]) == (one["id"], one["public_ref"], "open for comment")
    read = board.client.get(f"{HERE}/{one['id']}", headers=dict(board.commander.headers)).json()
    assert (read["text"], read["number"][0]) == (TEXT, "P")
    assert board.client.get(f"{HERE}/{uuid4()}", headers=dict(board.commander.headers)).status_code == 404
    assert board.client.get(HERE).status_code == 401
