"""The feed can be built again from its topic, and is then the same feed."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.feed import orders
from gateway.rebuilding.placing import DifferentError, as_signed, hash_at
from gateway.rebuilding.rebuild import Rebuilt, rebuild
from gateway.statistics.counting import count_all
from shared.bus import Record
from shared.bus.connect import bus_url
from shared.db import Database
from shared.events.envelope import Envelope
from tests.gateway.conftest import Feed, OpenGateway
from tests.gateway.make import make_envelope, make_received, make_record, number
from tests.gateway.test_feed_acts import DECIDED, ONE, OTHER, REFERENCE, TWO, act, leaves, order, released
from tests.gateway.test_log_verify import verify

EVERYTHING = (
    "select index, event_id, type, agency, reference, day, fields, salts, digests, corrects, redacted, expunged_by"
    " from entry order by index"
)
PENDING = "select * from pending order by reference"
SCHEMAS = "select 1 from information_schema.schemata where schema_name = 'rebuilt'"
SOON = 0.5


@pytest.fixture
def alone(feed: Feed) -> Feed:
    """Return a feed on whose topic there is nothing from before."""
    with psycopg.connect(bus_url(feed.settings.postgres_owner)) as connection:
        connection.execute("delete from bus_record where topic = 'accord.public'")
    return feed


def built_again(feed: Feed) -> Rebuilt:
    with closing(Database(feed.settings.postgres_owner, "gateway", connections=1)) as owner:
        return rebuild(owner, feed.bus, SOON)


def everything(feed: Feed) -> list[Any]:
    return [feed.ask(EVERYTHING), feed.ask(PENDING), leaves(feed), feed.ask("select next_index from feed_head")]


def befallen(feed: Feed) -> None:
    """Let everything happen to a feed that can: copies, a parked event, corrections, deletions."""
    parked = make_record(make_received(channel="pigeon"), subject="bcdefghijklmnopa")
    twice = make_record(subject=REFERENCE)
    feed.tell(twice, twice, parked, released(), make_record(subject=OTHER))
    feed.tell(
        Record("accord.public", "x", b"\xff", {}), make_record(DECIDED, type="complaint.decided.v1", subject=OTHER)
    )
    act(feed, lambda session: orders.redact(session, 1, ["text"], order()))
    feed.tell(make_record(DECIDED, type="complaint.decided.v1", subject=OTHER), make_record())
    act(feed, lambda session: orders.expunge(session, OTHER, order(ONE, TWO)))


def test_a_feed_to_which_everything_has_happened_is_the_same_when_it_is_built_again(feed: Feed) -> None:
    befallen(feed)
    before = everything(feed)
    assert len(before[0]) == 8
    done = built_again(feed)
    assert everything(feed) == before
    assert (done.entries, done.unreadable) == (8, 0)
    assert feed.ask(SCHEMAS) == []
    feed.tell(make_record())
    assert feed.ask("select max(index) from entry") == [(8,)]


def test_an_event_that_waited_keeps_the_place_that_it_was_given(feed: Feed) -> None:
    first, second, third = (make_record() for _ in range(3))
    feed.bus.publish([first, second, third])
    feed.tell()
    feed.empty()
    for late in (second, third, first):  # as after a replay
        feed.append(envelope_of(late))
    before = everything(feed)
    built_again(feed)
    assert everything(feed) == before


def envelope_of(record: Record) -> tuple[Envelope, bytes]:
    return Envelope.read(record.headers), record.value


@pytest.mark.parametrize(
    "deed",
    [
        "update entry set agency = 'lansing-mi' where index = 1 returning 1",
        "update entry set digests = '[]' where index = 1 returning 1",
        "update entry set event_id = gen_random_uuid() where index = 1 returning 1",
    ],
)
def test_a_feed_that_was_changed_is_not_taken_for_the_one_of_the_topic(feed: Feed, deed: str) -> None:
    feed.tell(*(make_record() for _ in range(3)))
    feed.ask(deed)
    before = everything(feed)
    with pytest.raises(DifferentError, match=r"entry 1\b.*nothing was changed"):
        built_again(feed)
    assert everything(feed) == before
    assert feed.ask(SCHEMAS) == []


def test_a_lost_feed_that_was_never_signed_comes_back_in_the_order_of_the_topic(alone: Feed) -> None:
    alone.tell(*(make_record() for _ in range(5)))
    before = everything(alone)
    count_all(alone.database)
    alone.empty()
    built_again(alone)
    assert everything(alone) == before
    assert alone.ask("select next_index from counting") == [(0,)], "what is built again is counted again"


LOST = ("delete from entry", "delete from entry where index in (0, 3)", "delete from entry where index >= 2")


@pytest.mark.parametrize("loss", LOST)
def test_a_lost_feed_comes_back_as_it_was_signed(alone: Feed, loss: str) -> None:
    """The places of what waited for an operator, of what was deleted and of what was corrected are in the leaves."""
    befallen(alone)
    late = make_record(subject="cdefghijklmnopab")
    alone.bus.publish([late])
    alone.tell(make_record())
    alone.change(f"delete from entry where reference = '{late.key}'")
    alone.change("update entry set index = index - 1 where index = (select max(index) from entry)")
    alone.change("update feed_head set next_index = next_index - 1")
    alone.append(envelope_of(late))  # as after a replay
    alone.sign()
    alone.tell(make_record())
    before = everything(alone)
    alone.change(loss)
    alone.change("delete from pending")
    built_again(alone)
    assert everything(alone) == before
    assert alone.ask("select reason from dead_letter where replayed_at is null") != []
    alone.tell(make_record())
    assert alone.sign() == 2


def test_whoever_verifies_a_feed_that_was_lost_and_built_again_finds_the_record_that_they_knew(
    alone: Feed, open_gateway: OpenGateway, tmp_path: Path
) -> None:
    first, *others = [make_record() for _ in range(4)]
    alone.bus.publish([first, *others])
    alone.tell()
    alone.empty()
    for one in (*others, first):
        alone.append(envelope_of(one))
    alone.sign()
    url = open_gateway("")
    verify(url, tmp_path)
    alone.change("delete from entry")
    alone.change("update feed_head set next_index = 0")
    built_again(alone)
    alone.tell(make_record())
    alone.sign()
    code, said = verify(url, tmp_path)
    assert (code, said.splitlines()[1]) == (
        0,
        "It goes on from the 4 entries that were seen before; none of them has changed.",
    )


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (
            "delete from entry where index > 0",
            "No event of the topic is entry 1 as it was signed; nothing was changed.",
        ),
        (
            "delete from entry where index = 0",
            "No event of the topic is entry 1 as it was signed; nothing was changed.",
        ),
        (
            "delete from log_node; delete from entry",
            "The topic does not give the tree of 3 entries that was signed; nothing was changed.",
        ),
    ],
)
def test_a_topic_that_lacks_an_event_that_was_signed_gives_no_feed(alone: Feed, loss: str, sentence: str) -> None:
    alone.tell(make_record())
    alone.append((make_envelope(), b'{"channel": "web", "categories": ["force"]}'))  # past the topic
    alone.tell(make_record())
    alone.sign()
    alone.change(loss)
    before = everything(alone)
    with pytest.raises(DifferentError, match=f"^{sentence}$"):
        built_again(alone)
    assert everything(alone) == before
    assert alone.ask(SCHEMAS) == []


def test_what_waits_for_an_operator_when_the_feed_is_lost_waits_still(alone: Feed) -> None:
    parked = make_record(make_received(channel="pigeon"), subject=REFERENCE)
    alone.tell(parked, make_record(subject=REFERENCE), make_record())
    alone.sign()
    before = everything(alone)
    assert len(before[0]) == 1
    alone.change("delete from entry")
    built_again(alone)
    assert everything(alone) == before


def test_an_act_that_cannot_be_carried_out_hinders_none_of_those_beside_it(alone: Feed) -> None:
    said = {"fields": ["channel"], "basis": "court-order", "authority": "Superior Court"}
    corrected = {**said, "entry": 0, "correct": "It came by mail."}
    expunged = {"entries": 1, "basis": "court-order", "authority": "Superior Court"}
    alone.tell(
        make_record(subject=REFERENCE),
        make_record(expunged, type="record.expunged.v1", subject=REFERENCE),
        make_record(corrected, type="record.corrected.v1", subject=REFERENCE),  # late: it comes in without values
        make_record({**said, "entry": 0}, type="record.redacted.v1", subject=OTHER),  # of another case
    )
    before = everything(alone)
    assert [row[9] for row in before[0]] == [None, None, 0]
    alone.empty()
    assert built_again(alone) == Rebuilt(entries=3, unreadable=1)
    assert everything(alone) == before


def rows_of(events: int) -> list[dict[str, Any]]:
    """Return entries without a place, which differ in their case only."""
    fixed = {"type": "complaint.received.v1", "agency": "rivertown", "day": date(2026, 3, 4), "digests": []}
    return [{**fixed, "event_id": number(one), "reference": f"case {one}"} for one in range(events)]


@given(st.permutations(range(8)), st.integers(0, 8))
def test_whatever_the_order_in_which_events_were_entered_the_leaves_tell_it(order: list[int], signed: int) -> None:
    topic = rows_of(8)
    entered = [topic[position] for position in order[:signed]]
    hashes = [hash_at(index, row) for index, row in enumerate(entered)]
    assert list(as_signed(topic, hashes)) == [*entered, *(row for row in topic if row not in entered)]
