"""A panel decides by majority: each member votes once, apart, and nobody with a conflict votes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.commands.panel import found_by_majority
from shared.actors import Role
from shared.events.complaints import Finding
from shared.policy import Policy, WrongPackError
from tests.complaints.conftest import COMPLAINTS, Desk, ask
from tests.complaints.strict import happened, look, refusal, strict_desk, strict_packs, told
from tests.make import make_findings
from tests.rooms import House, Person

REASONS = {"because": "Two of the recordings show it."}
IN_A_TIE = '\n[panel]\nmembers = 4\nquorum = 3\ntie = "not sustained"\n'


@pytest.fixture(scope="module")
def there(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a unit where a panel of four decides, three of whom have to vote."""
    with strict_desk(house, tmp_path_factory.mktemp("panel")) as desk:
        yield desk


def member(desk: Desk) -> Person:
    return desk.house.person(Role.ADJUDICATOR)


def cast(desk: Desk, complaint: dict[str, Any], finding: str, by: Person | None = None) -> Person:
    who = by or member(desk)
    status, said = ask(desk, complaint, "votes", who, **make_findings(complaint, finding))
    assert status == 201, said
    return who


def voted(desk: Desk, *findings: str) -> dict[str, Any]:
    """Return a complaint on which the panel has voted so."""
    complaint = desk.reviewed()
    for finding in findings:
        cast(desk, complaint, finding)
    return complaint


def test_where_a_panel_decides_nobody_decides_alone(there: Desk) -> None:
    complaint = there.reviewed()

    refused = refusal(there, complaint, "decision", there.adjudicator, make_findings(complaint))

    assert refused == (409, "A panel of 4 decides here; vote, and let the panel conclude.")


def test_where_nobody_votes_there_is_no_panel(desk: Desk) -> None:
    complaint = desk.reviewed()

    refused = refusal(desk, complaint, "votes", desk.adjudicator, make_findings(complaint))

    assert refused == (409, "No panel decides in this agency; one adjudicator does.")


def test_where_nobody_votes_there_are_no_votes_to_read(desk: Desk) -> None:
    path = f"{COMPLAINTS}/{desk.reviewed()['id']}/votes"

    answer = desk.client.get(path, headers=dict(desk.commander.headers))

    assert (answer.status_code, answer.json()["detail"]) == (404, "No panel decides in this agency.")


def test_the_majority_finds(there: Desk) -> None:
    complaint = voted(there, "sustained", "exonerated", "sustained")

    after = there.post(complaint, "votes/conclusion", there.adjudicator, REASONS)

    assert (after["state"], after["outcome"]) == ("decided", "sustained")
    assert after["allegations"][0]["finding_because"] == REASONS["because"]
    assert happened(there, complaint)[-2:] == ["panel_voted", "decided"]
    counted = [
        {"allegation": 1, "category": "force", "finding": finding, "votes": votes}
        for finding, votes in (("exonerated", 1), ("sustained", 2))
    ]
    seen = {"votes": counted, "tied": 0}
    assert told(there, complaint, "panel_voted") == {"complaints": seen, "oversight": seen}
    assert [one["finding"] for one in look(there, complaint, "/votes")["votes"]] == [
        "sustained",
        "exonerated",
        "sustained",
    ]


def test_each_member_votes_once(there: Desk) -> None:
    complaint = there.reviewed()
    who = cast(there, complaint, "sustained")

    refused = refusal(there, complaint, "votes", who, make_findings(complaint, "exonerated"))

    assert refused == (409, "You have voted already; each member votes once.")
    assert told(there, complaint, "vote_cast")["oversight"] == {"cast": 1, "members": 4}


def test_no_more_members_vote_than_there_are(there: Desk) -> None:
    complaint = voted(there, *["sustained"] * 4)

    refused = refusal(there, complaint, "votes", member(there), make_findings(complaint))

    assert refused == (409, "All 4 members of the panel have voted.")


def test_how_members_vote_stays_hidden_until_the_panel_has_decided(there: Desk) -> None:
    complaint = voted(there, "sustained", "exonerated")

    assert look(there, complaint, "/votes") == {"members": 4, "quorum": 3, "cast": 2, "votes": []}


def test_without_a_quorum_nothing_is_decided(there: Desk) -> None:
    complaint = voted(there, "sustained", "sustained")

    refused = refusal(there, complaint, "votes/conclusion", there.adjudicator, REASONS)

    assert refused == (409, "3 of the panel's 4 members have to vote; 2 have.")


def test_a_tie_decides_nothing_if_the_policy_is_silent(there: Desk) -> None:
    complaint = voted(there, "sustained", "sustained", "exonerated", "unfounded")

    refused = refusal(there, complaint, "votes/conclusion", there.adjudicator, REASONS)

    said = "1 for exonerated, 2 for sustained, 1 for unfounded"
    way_out = "let the others vote, or send the investigation back"
    assert refused == (409, f"No finding on allegation 1 has a majority ({said}); {way_out}.")


def test_a_tie_means_what_the_policy_says(house: House, tmp_path: Path) -> None:
    with strict_desk(house, tmp_path, IN_A_TIE) as desk:
        complaint = voted(desk, "sustained", "sustained", "exonerated", "exonerated")

        after = desk.post(complaint, "votes/conclusion", desk.adjudicator, REASONS)

        assert (after["outcome"], told(desk, complaint, "panel_voted")["oversight"]["tied"]) == ("not sustained", 1)


def test_conflicts_bar_a_vote(there: Desk) -> None:
    complaint, who = there.reviewed(), member(there)
    ask(there, complaint, "conflicts", who, conflict="personal or social", because="We fish together.")

    status, detail = refusal(there, complaint, "votes", who, make_findings(complaint))

    sentence = "Whoever has a conflict of interest (personal or social) takes no part in dealing with it"
    assert (status, detail) == (409, f"{sentence}, unless a second person overrides that.")


def test_whoever_investigated_or_reviewed_does_not_vote(there: Desk) -> None:
    complaint = there.reviewed()
    both = [there.house.person(Role.ADJUDICATOR, id=who.id) for who in (there.investigator, there.commander)]

    refused = [refusal(there, complaint, "votes", who, make_findings(complaint)) for who in both]

    assert refused == [
        (409, "Whoever investigated a complaint may not decide it."),
        (409, "Whoever reviewed a complaint may not decide it."),
    ]


def test_after_a_return_the_panel_votes_anew(there: Desk) -> None:
    complaint = there.reviewed()
    who = cast(there, complaint, "sustained")
    there.post(complaint, "return", member(there), {"because": "Nobody asked the passenger."})
    complaint = there.post(complaint, "investigation", there.investigator, make_findings(complaint))
    complaint = there.post(complaint, "review", there.commander, make_findings(complaint))
    assert look(there, complaint, "/votes")["cast"] == 0

    cast(there, complaint, "exonerated", who)

    assert look(there, complaint, "/votes")["cast"] == 1


def test_a_vote_needs_a_finding_for_every_allegation(there: Desk) -> None:
    complaint = there.reviewed()

    assert refusal(there, complaint, "votes", member(there), {"findings": []})[0] == 422


@given(st.lists(st.sampled_from(Finding), max_size=9))
def test_a_majority_is_more_than_half(findings: list[Finding]) -> None:
    found = found_by_majority(findings)

    assert all((findings.count(one) * 2 > len(findings)) is (one is found) for one in Finding)


WRONG = [
    (2, 1, "", "a quorum of 1 is not a majority of 2 members, or more than all"),
    (4, 2, "", "a quorum of 2 is not a majority of 4 members, or more than all"),
    (3, 4, "", "a quorum of 4 is not a majority of 3 members, or more than all"),
    (4, 3, 'tie = "sustained"', "a tie cannot mean 'sustained'"),
]


@pytest.mark.parametrize(("members", "quorum", "tie", "words"), WRONG)
def test_a_panel_that_cannot_decide_is_refused_at_the_start(
    tmp_path: Path, members: int, quorum: int, tie: str, words: str
) -> None:
    packs = strict_packs(tmp_path, f"\n[panel]\nmembers = {members}\nquorum = {quorum}\n{tie}\n")

    with pytest.raises(WrongPackError, match=r"rivertown.toml: panel: ") as refused:
        Policy.read(packs)

    assert str(refused.value).endswith(words)
