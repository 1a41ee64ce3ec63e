"""The record corrects and forgets by entries of its own; leaves stay what they were."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from gateway.feed import orders
from gateway.feed.leaves import body_of, commit, digest, leaf
from gateway.feed.orders import Order
from shared.actors import Actor
from shared.errors import NotFound, Objection
from shared.occasion import Occasion
from shared.relay import Relay
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received, make_record

REFERENCE = "abcdefghijklmnop"
OTHER = "ponmlkjihgfedcba"
PLANTED = "We repaid Jane Q. Witness."
COMMITMENT = {"number": 1, "owner": "agency", "kind": "apology", "due_on": "2026-12-01"}
DECIDED = {"findings": [], "outcome": "sustained", "days_open": 3}
ONE, TWO = (Actor(uuid4(), frozenset()) for _ in range(2))


def order(*by: Actor) -> Order:
    return Order("court-order", "Superior Court", "It names a person.", by or (ONE,))


def act(feed: Feed, deed: Any) -> None:
    """Carry out an order and let its event travel."""
    with feed.database.transaction(Occasion(service="gateway", agency="")) as session:
        deed(session)
    travel(feed)


def travel(feed: Feed) -> None:
    relay = Relay(feed.database, feed.bus)
    while sum(relay.send() for _ in range(16)):
        pass
    feed.tell()


def released(**over: Any) -> Any:
    fields = {"commitment": COMMITMENT, "text": PLANTED}
    return make_record(fields, type="reconciliation.commitment_released.v1", subject=REFERENCE, **over)


def leaves(feed: Feed) -> list[bytes]:
    rows = feed.ask("select index, type, agency, reference, day, digests from entry order by index")
    return [leaf(index, kind, agency, case, day, body_of(made)) for index, kind, agency, case, day, made in rows]


def entries(public: TestClient) -> dict[int, dict[str, Any]]:
    items = public.get("/feed.json").json()["items"]
    return {item["_accord"]["index"]: {**item["_accord"], "said": item["content_text"]} for item in items}


def test_a_redaction_deletes_a_value_and_its_salt_and_nothing_else(feed: Feed, public: TestClient) -> None:
    feed.tell(released(), make_record(subject=OTHER))
    before, whole = leaves(feed), entries(public)[0]
    act(feed, lambda session: orders.redact(session, 0, ["text"], order()))

    shown = entries(public)
    assert (shown[0]["fields"], shown[0]["redacted"]) == ({"commitment": COMMITMENT}, ["text"])
    assert shown[0]["salts"] == {"commitment": whole["salts"]["commitment"]}
    assert shown[0]["digests"] == whole["digests"]
    assert digest(shown[0]["salts"]["commitment"], "commitment", COMMITMENT) in shown[0]["digests"]
    assert leaves(feed)[:2] == before
    assert shown[2]["fields"] == {
        "entry": 0,
        "fields": ["text"],
        "basis": "court-order",
        "authority": "Superior Court",
    }
    assert shown[2]["said"] == "Values of entry 0 were deleted by order of Superior Court (court-order)."
    assert shown[0]["said"] == "A commitment was published. Part of it was deleted since; the record says why."
    assert shown[1]["redacted"] == []
    for address in ("/feed.json", "/feed.csv", "/feed.atom", "/feed/0", "/"):
        assert PLANTED not in public.get(address).text


def test_an_expungement_empties_a_case_and_leaves_a_tombstone(feed: Feed, public: TestClient) -> None:
    closed = make_record({}, type="complaint.closed.v1", subject=REFERENCE)
    feed.tell(make_record(subject=REFERENCE), make_record(subject=OTHER), closed)
    before = leaves(feed)
    act(feed, lambda session: orders.expunge(session, REFERENCE, order(ONE, TWO)))

    shown = entries(public)
    assert [(shown[index]["fields"], shown[index]["salts"], shown[index]["expunged_by"]) for index in (0, 2)] == [
        ({}, {}, 3),
        ({}, {}, 3),
    ]
    assert leaves(feed)[:3] == before
    assert shown[1]["fields"] == make_received()
    assert shown[3]["fields"] == {"entries": 2, "basis": "court-order", "authority": "Superior Court"}
    assert shown[0]["said"] == (
        "A complaint was received. Its details were deleted by an order, of which entry 3 tells."
    )
    assert [item["_accord"]["index"] for item in public.get("/feed.json?type=record.expunged.v1").json()["items"]] == [
        3
    ]


def test_what_arrives_late_of_an_expunged_case_comes_in_without_values(feed: Feed, public: TestClient) -> None:
    feed.tell(make_record(subject=REFERENCE))
    act(feed, lambda session: orders.expunge(session, REFERENCE, order(ONE, TWO)))
    feed.tell(make_record(DECIDED, type="complaint.decided.v1", subject=REFERENCE, salt="cd" * 16))
    late = entries(public)[2]
    assert (late["fields"], late["salts"], late["expunged_by"]) == ({}, {}, 1)
    assert late["digests"] == list(commit(DECIDED, "cd" * 16).digests)


def test_a_correction_points_at_the_entry_and_leaves_it_as_it_is(feed: Feed, public: TestClient) -> None:
    feed.tell(make_record(subject=REFERENCE))
    before = entries(public)[0]
    right = "<b>It was discourtesy.</b>"
    act(feed, lambda session: orders.correct(session, 0, ["categories"], right, order()))
    shown = entries(public)
    assert shown[0] == before
    assert (shown[1]["corrects"], shown[1]["reference"], shown[1]["fields"]["correct"]) == (0, REFERENCE, right)
    assert shown[1]["said"] == (
        f"An entry of the record is wrong, as Superior Court ordered it to be said (entry 0): “{right}”"
    )


def test_an_order_is_audited_with_everybody_who_gave_it(feed: Feed) -> None:
    feed.tell(make_record(subject=REFERENCE))
    act(feed, lambda session: orders.expunge(session, REFERENCE, order(ONE, TWO)))
    audited = feed.ask(
        "select deed, actor_id, why, agency from audit"
        f" where case_id = '{orders.case_id(REFERENCE)}' and actor_id in ('{ONE.id}', '{TWO.id}') order by id desc"
    )[:2]
    assert audited == [("record.expunged.v1", who.id, "It names a person.", "rivertown") for who in (TWO, ONE)]


@pytest.mark.parametrize("by", [(ONE,), (ONE, ONE)])
def test_an_expungement_takes_two_people(feed: Feed, by: tuple[Actor, ...]) -> None:
    feed.tell(make_record(subject=REFERENCE))
    with pytest.raises(Objection, match="An expungement takes two people; name two different ones"):
        act(feed, lambda session: orders.expunge(session, REFERENCE, order(*by)))
    assert len(feed.ask("select 1 from entry")) == 1


def test_what_cannot_be_ordered_is_refused_in_a_sentence(feed: Feed) -> None:
    feed.tell(make_record(subject=REFERENCE))
    for deed, kind, sentence in (
        (lambda session: orders.redact(session, 7, ["x"], order()), NotFound, "The feed has no entry 7."),
        (
            lambda session: orders.redact(session, 0, ["x"], order()),
            Objection,
            "Entry 0 has no value of x; it has channel, categories.",
        ),
        (
            lambda session: orders.expunge(session, OTHER, order(ONE, TWO)),
            NotFound,
            f"The record knows no case {OTHER}.",
        ),
    ):
        with pytest.raises(kind) as refused:
            act(feed, deed)
        assert str(refused.value) in (sentence, sentence.replace("channel, categories", "categories, channel"))
    act(feed, lambda session: orders.redact(session, 0, ["channel"], order()))
    with pytest.raises(Objection, match="Entry 1 tells of a deletion; that stays"):
        act(feed, lambda session: orders.redact(session, 1, ["basis"], order()))


@pytest.mark.parametrize("entry", [1, 2, 7, 2**53 - 1])
def test_an_act_on_what_is_not_of_its_case_before_it_waits_for_an_operator(feed: Feed, entry: int) -> None:
    """Somebody who can write to the topic could else empty the whole record with one event."""
    told = {"entry": entry, "fields": ["channel"], "basis": "court-order", "authority": "Nobody"}
    feed.tell(
        make_record(subject=REFERENCE),
        make_record(subject=OTHER),
        make_record(told, type="record.redacted.v1", subject=REFERENCE),
    )
    assert feed.ask("select index, redacted from entry order by index") == [(0, []), (1, [])]
    assert feed.ask("select reason from dead_letter") == [
        ("UnreadableEnvelopeError: the entry that it speaks of is none of its case before it",)
    ]


@pytest.mark.parametrize(
    ("kinds", "corrects"),
    [
        (("complaint.decided.v1", "complaint.closed.v1", "complaint.decided.v1"), [None, None, 0]),
        (
            ("complaint.classified.v1", "complaint.reclassified.v1", "complaint.reclassified.v1"),
            [None, 0, 1],
        ),
        (("discipline.final.v1", "discipline.final.v1"), [None, 0]),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_an_entry_that_takes_the_place_of_another_points_at_it(
    feed: Feed, kinds: tuple[str, ...], corrects: list[int | None], *, together: bool
) -> None:
    fields: dict[str, dict[str, Any]] = {
        "complaint.decided.v1": DECIDED,
        "complaint.classified.v1": {"classification": "misconduct", "track": "expedited", "categories": []},
        "complaint.reclassified.v1": {"classification": "misconduct", "track": "expedited"},
        "discipline.final.v1": {"sanction": None, "days": None, "departure": "within", "categories": []},
    }
    told = [make_record(fields.get(kind, {}), type=kind, subject=REFERENCE) for kind in kinds]
    for some in [told] if together else [[one] for one in told]:
        feed.tell(*some)
    assert feed.ask("select reason from dead_letter") == []
    assert [row[0] for row in feed.ask("select corrects from entry order by index")] == corrects


def test_the_leaf_of_an_entry_can_be_computed_from_what_is_served(feed: Feed, public: TestClient) -> None:
    feed.append((make_envelope(subject=REFERENCE), json.dumps(make_received()).encode()))
    told = entries(public)[0]
    digests = sorted(digest(told["salts"][name], name, value) for name, value in told["fields"].items())
    assert digests == told["digests"]
    [ours] = leaves(feed)
    assert leaf(0, told["type"], told["agency"], told["reference"], date(2026, 3, 4), body_of(digests)) == ours
