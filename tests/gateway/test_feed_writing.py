import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from accord.rooms import SERVICES
from gateway.feed.consumers import append
from shared.occasion import Occasion
from shared.relay import Relay
from tests.gateway.conftest import Feed
from tests.gateway.make import make_envelope, make_received, make_record, number
from tests.make import make_filing
from tests.rooms import House

SENTINEL = "Jane Q. Witness"
EVERYTHING = 'select index, type, agency, reference, day, fields from entry order by "index"'


class ChangedMindError(Exception):
    """A transaction is rolled back."""


def change_mind(*, now: bool) -> None:
    if now:
        raise ChangedMindError


def test_a_public_event_becomes_an_entry(feed: Feed) -> None:
    feed.tell(make_record(subject="abcdefghijklmnop"))
    assert feed.ask(EVERYTHING) == [
        (0, "complaint.received.v1", "rivertown", "abcdefghijklmnop", date(2026, 3, 4), make_received())
    ]


def test_what_a_service_tells_the_public_comes_into_the_feed(house: House, feed: Feed) -> None:
    with house.service("complaints") as client, house.database("complaints") as database:
        filed = client.post("/agencies/rivertown/complaints", json=make_filing(narrative=SENTINEL)).json()
        relay = Relay(database, feed.bus)
        while sum(relay.send() for _ in range(16)):
            pass
    feed.tell()
    found = [row for row in feed.ask(EVERYTHING) if row[3] == filed["public_ref"]]
    assert [(type_, fields) for _, type_, _, _, _, fields in found] == [("complaint.received.v1", make_received())]


def test_an_event_that_is_delivered_twice_becomes_one_entry(feed: Feed) -> None:
    record = make_record()
    feed.tell(record, record)
    feed.tell(record)
    assert len(feed.ask(EVERYTHING)) == 1


def test_the_topic_can_be_read_again_from_the_beginning_without_a_second_entry(feed: Feed) -> None:
    """The inbox forgets after a month and the topic never does."""
    first, second = make_record(), make_record()
    feed.tell(first)
    feed.ask("delete from inbox returning 1")
    feed.tell(first, second)
    assert [row[0] for row in feed.ask(EVERYTHING)] == [0, 1]
    assert feed.ask("select reason from dead_letter") == []


def test_indexes_have_no_gaps_however_many_write_and_however_many_give_up(feed: Feed) -> None:
    def write(writer: int) -> None:
        for step in range(20):
            with (
                suppress(ChangedMindError),
                feed.database.transaction(Occasion(service="gateway", agency="")) as session,
            ):
                append(session, make_envelope(), json.dumps(make_received()).encode())
                session.flush()
                change_mind(now=step % 4 == writer)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    assert feed.ask("select index from entry order by index") == [(index,) for index in range(60)]
    assert feed.ask("select next_index from feed_head") == [(60,)]


def test_the_application_can_neither_change_nor_remove_an_entry(feed: Feed) -> None:
    feed.tell(make_record())
    for deed in ("delete from entry", "update entry set agency = 'lansing-mi'", "truncate entry"):
        with pytest.raises(ProgrammingError) as refused, feed.database.engine.begin() as connection:
            connection.execute(text(deed))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    assert len(feed.ask(EVERYTHING)) == 1


def test_what_is_not_public_is_cut_off_even_when_a_producer_sends_it(feed: Feed, public: TestClient) -> None:
    count = {"category": "force", "finding": "sustained", "count": 1}
    told = {"findings": [{**count, "officer": SENTINEL}], "outcome": "sustained", "days_open": 34}
    private = {"charges": [{"name": SENTINEL}], "changed": 2, "incident_on": "2026-01-02", "narrative": SENTINEL}
    feed.tell(make_record({**told, **private}, type="complaint.decided.v1", correlation=SENTINEL, causation=SENTINEL))
    [entry] = feed.ask("select fields from entry")
    assert entry == ({"findings": [count], "outcome": "sustained", "days_open": 34},)
    assert feed.ask("select reason from dead_letter") == []
    for address in ("/feed.json", "/feed/0", "/agencies/rivertown/feed.json", "/"):
        answer = public.get(address)
        assert answer.status_code == 200
        assert "34" in answer.text
        assert SENTINEL not in answer.text
        assert "2026-01-02" not in answer.text


@pytest.mark.parametrize("kind", ["complaint.returned.v1", "complaint.harm_answered.v1", "complaint.received.v9"])
def test_what_the_public_does_not_see_is_passed_over(feed: Feed, kind: str) -> None:
    feed.tell(make_record({"agreed": True}, type=kind))
    assert feed.ask(EVERYTHING) == []
    assert feed.ask("select reason from dead_letter") == []


def test_a_case_id_in_place_of_a_reference_waits_for_an_operator(feed: Feed) -> None:
    feed.tell(make_record(subject=str(number(1))))
    assert feed.ask(EVERYTHING) == []
    assert feed.ask("select reason from dead_letter") == [
        ("UnreadableEnvelopeError: the subject is not a public reference",)
    ]


def test_free_text_in_place_of_a_word_waits_for_an_operator(feed: Feed) -> None:
    feed.tell(make_record(make_received(categories=[SENTINEL])), make_record(make_received(channel=SENTINEL)))
    assert feed.ask(EVERYTHING) == []
    assert feed.ask("select count(*) from dead_letter where reason like 'ValidationError: %'") == [(2,)]


def test_the_gateway_is_no_service() -> None:
    assert "gateway" not in SERVICES
