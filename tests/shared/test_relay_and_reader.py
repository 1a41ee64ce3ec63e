"""From the outbox to a consumer: once per commit, never for a rollback, in order per case, applied exactly once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4
from zlib import crc32

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import deadletters
from shared.bus import BusAwayError, Consumer, Delivery, Record
from shared.bus.topics import read_topics
from shared.events.envelope import Envelope
from shared.occasion import Occasion
from shared.reader import Reader, Replayed
from shared.relay import TRIES, Relay, waves
from tests.shared.plumbing import Counted, Falling, Plumbing, Thing, drained, of, send_all


def test_what_was_committed_arrives_once_and_in_order(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1, 2, 3)
    plumbing.empty()

    drained(plumbing.reader(applied))

    assert of(applied, thing) == [1, 2, 3]


def test_what_was_rolled_back_never_arrives(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    with pytest.raises(RuntimeError, match=r"^the power fails$"):
        plumbing.fail(thing)
    plumbing.empty()

    drained(plumbing.reader(applied))

    assert of(applied, thing) == []


def test_the_public_topic_calls_the_case_by_its_reference_and_tells_the_day(plumbing: Plumbing) -> None:
    thing = Thing()
    plumbing.tell(thing, 1)
    plumbing.empty()
    member = plumbing.bus.consumer(f"test-{uuid4()}", ["accord.public"])
    record = next_of(member, thing.public_ref).record
    member.close()

    envelope = Envelope.read(record.headers)
    assert envelope.time == datetime(2026, 11, 23, tzinfo=UTC)
    assert envelope.subject == thing.public_ref
    assert str(thing.id) not in str(record)
    assert (envelope.correlation, envelope.causation) == ("", "")
    assert record.timestamp_ms is not None
    assert record.timestamp_ms % 86_400_000 == 0


def test_many_relays_at_once_send_everything_once_and_in_order(plumbing: Plumbing) -> None:
    things = [Thing() for _ in range(20)]
    for number in range(10):
        for thing in things:
            plumbing.tell(thing, number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: plumbing.empty(), range(4)))
    plumbing.empty()
    applied: list[tuple[str, int]] = []
    drained(plumbing.reader(applied))

    assert [of(applied, thing) for thing in things] == [list(range(10))] * 20


def test_an_answer_that_is_lost_makes_the_relay_send_again_and_the_consumer_apply_once(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1, 2, 3)
    falling = Falling(plumbing.bus, away=3)
    relay = Relay(plumbing.database, falling)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(BusAwayError):
            send_all(relay)
    plumbing.empty()
    drained(plumbing.reader(applied))

    assert of(applied, thing) == [1, 2, 3]


def test_a_refused_event_stops_its_case_and_no_other_until_an_operator_returns_it(
    plumbing: Plumbing, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good, applied = Thing(), Thing(), list[tuple[str, int]]()
    plumbing.tell(bad, 1, 2)
    plumbing.tell(good, 1, 2)
    relay = Relay(plumbing.database, Falling(plumbing.bus, refused_key=str(bad.id)))  # type: ignore[arg-type]
    for _ in range(TRIES * 16 * 2):
        relay.send()
    assert caplog.messages == ["alert: plumbing parked an event for accord.complaints that the bus refuses"]
    drained(plumbing.reader(applied))
    parked = plumbing.rows(
        "select version, attempts, last_error from outbox where parked_at is not null and case_id = :id", id=bad.id
    )
    assert of(applied, good) == [1, 2]
    assert of(applied, bad) == []
    assert [tuple(row) for row in parked] == [(1, TRIES, "never")]

    plumbing.rows("update outbox set parked_at = null where case_id = :id returning id", id=bad.id)
    plumbing.empty()
    drained(plumbing.reader(applied))

    assert of(applied, bad) == [1, 2]


@dataclass(frozen=True)
class Queued:
    case_id: str
    topic: str
    number: int


def test_a_wave_holds_one_record_per_case_and_topic_in_order() -> None:
    queued = [Queued("a", "t", 1), Queued("a", "t", 2), Queued("b", "t", 1), Queued("a", "u", 1), Queued("a", "t", 3)]

    assert waves(queued) == [[queued[0], queued[2], queued[3]], [queued[1]], [queued[4]]]  # type: ignore[arg-type]


def test_a_record_delivered_twice_is_applied_once(plumbing: Plumbing) -> None:
    thing, applied = Thing(), list[tuple[str, int]]()
    plumbing.tell(thing, 1)
    plumbing.empty()
    reader = plumbing.reader(applied)
    first = reader.join()
    assert reader.read(first, wait=1.0) > 0
    first.close()
    plumbing.rows("update outbox set sent_at = null where case_id = :id returning id", id=thing.id)
    plumbing.empty()

    drained(reader)

    assert of(applied, thing) == [1]


def test_what_arrives_together_is_applied_in_one_transaction_each_event_for_its_agency(plumbing: Plumbing) -> None:
    seen: list[tuple[str, str, int]] = []

    def apply(session: Session, envelope: Envelope, _: bytes) -> None:
        if envelope.type == Counted.name:
            agency, transaction = session.execute(
                text("select current_setting('accord.agency'), pg_current_xact_id()::text::bigint")
            ).one()
            seen.append((envelope.subject, agency, transaction))

    here, there = Thing(), Thing(agency="lansing-mi")
    for thing in (here, there):
        plumbing.tell(thing, 1)
    plumbing.empty()
    sent = plumbing.rows(
        "select payload::text as value, headers from outbox where case_id in (:a, :b) and topic = :topic order by id",
        a=here.id,
        b=there.id,
        topic=Counted.topic,
    )
    copies = [Record(Counted.topic, "a key", row.value.encode(), row.headers) for row in sent]
    plumbing.bus.publish([*copies, *copies])
    drained(Reader(plumbing.database, plumbing.bus, f"test-{uuid4()}", (Counted.topic,), apply))

    ours = [(subject, agency) for subject, agency, _ in seen if subject in (str(here.id), str(there.id))]
    assert sorted(ours) == sorted([(str(here.id), "rivertown"), (str(there.id), "lansing-mi")])
    assert len({transaction for *_, transaction in seen}) < len(seen)


def test_an_event_that_cannot_be_applied_parks_its_case_and_replays_in_order(plumbing: Plumbing) -> None:
    bad, good, applied = Thing(), Thing(), list[tuple[str, int]]()
    broken = True

    def apply(_: Session, envelope: Envelope, value: bytes) -> None:
        if envelope.subject == str(bad.id) and broken:
            raise RuntimeError("not today")
        if envelope.type == Counted.name:
            applied.append((envelope.subject, Counted.model_validate_json(value).number))

    plumbing.tell(bad, 1, 2)
    plumbing.tell(good, 1, 2)
    plumbing.empty()
    reader = Reader(plumbing.database, plumbing.bus, f"test-{uuid4()}", ("accord.complaints",), apply)
    drained(reader)
    reasons = plumbing.rows("select reason from dead_letter where key = :key order by id", key=str(bad.id))
    assert of(applied, good)[-2:] == [1, 2]  # also before, where they came in one transaction that was taken back
    assert of(applied, bad) == []
    assert [row.reason for row in reasons] == [
        "RuntimeError: not today",
        "an earlier event of this case is parked",
    ]

    broken = False
    assert reader.replay(str(bad.id)) == Replayed(2)

    assert of(applied, bad) == [1, 2]
    assert reader.replay(str(bad.id)) == Replayed(0)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "UnreadableEnvelopeError: the header 'ce_id' is missing"),
        ({"ce_id": "7"}, "UnreadableEnvelopeError: badly"),
    ],
)
def test_a_record_that_is_no_event_is_parked_with_the_reason(
    plumbing: Plumbing, headers: dict[str, str], reason: str
) -> None:
    key, applied = str(uuid4()), list[tuple[str, int]]()
    plumbing.bus.publish([Record("accord.complaints", key, b"\xff", headers)])

    drained(plumbing.reader(applied))

    letters = plumbing.rows("select reason from dead_letter where key = :key", key=key)
    assert [row.reason[: len(reason)] for row in letters] == [reason]


class Healing:
    """What a consumer does: it fails for one case until that is mended, and writes down what it applies."""

    def __init__(self, thing: Thing) -> None:
        self._thing = thing
        self.broken = True
        self.applied: list[tuple[str, int]] = []
        self.before: Callable[[str], object] = lambda _: None

    def __call__(self, _: Session, envelope: Envelope, value: bytes) -> None:
        """Apply one event, or fail."""
        self.before(envelope.subject)
        if envelope.subject == str(self._thing.id) and self.broken:
            raise RuntimeError("not today")
        if envelope.type == Counted.name:
            self.applied.append((envelope.subject, Counted.model_validate_json(value).number))


def neighbour(thing: Thing) -> Thing:
    """Return another thing whose events share a partition with those of `thing`."""
    (partitions,) = [topic.partitions for topic in read_topics() if topic.name == Counted.topic]

    def partition(one: Thing) -> int:
        return crc32(str(one.id).encode()) % partitions

    return next(one for one in iter(Thing, None) if partition(one) == partition(thing))


def parked_first(plumbing: Plumbing, apply: Healing, thing: Thing) -> Reader:
    """Return a reader that has parked the first event of `thing`, and would apply it by now."""
    plumbing.tell(thing, 1)
    plumbing.empty()
    reader = Reader(plumbing.database, plumbing.bus, f"test-{uuid4()}", (Counted.topic,), apply)
    drained(reader)
    apply.broken = False
    return reader


def waiting_for(plumbing: Plumbing, thing: Thing) -> int:
    """Return how many dead letters of the thing wait."""
    return len(plumbing.rows("select id from dead_letter where key = :key and replayed_at is null", key=str(thing.id)))


def test_an_event_read_before_a_replay_ended_is_applied_and_not_left_behind(plumbing: Plumbing) -> None:
    bad = Thing()
    other, apply = neighbour(bad), Healing(bad)
    reader = parked_first(plumbing, apply, bad)
    replays: list[Replayed] = []

    def replay_at_the_last_moment(subject: str) -> None:
        if subject == str(other.id):
            replays.append(reader.replay(str(bad.id)))

    apply.before = replay_at_the_last_moment
    plumbing.tell(other, 1)
    plumbing.empty()
    plumbing.tell(bad, 2, 3)
    plumbing.empty()
    drained(reader)

    assert replays == [Replayed(1)]
    assert of(apply.applied, bad) == [1, 2, 3]
    assert waiting_for(plumbing, bad) == 0


def test_a_replay_waits_for_what_is_being_parked_behind_it(plumbing: Plumbing) -> None:
    bad = Thing()
    apply = Healing(bad)
    reader = parked_first(plumbing, apply, bad)
    plumbing.tell(bad, 2)
    plumbing.empty()
    second = next_delivery(reader, bad)

    with ThreadPoolExecutor(1) as pool:
        with plumbing.database.transaction(Occasion(service="plumbing", agency="")) as session:
            assert deadletters.park_behind(session, reader.group, second)
            replay = pool.submit(reader.replay, str(bad.id))
            until_somebody_waits_for_a_lock(plumbing)
        assert replay.result(30) == Replayed(2)

    assert of(apply.applied, bad) == [1, 2]
    assert waiting_for(plumbing, bad) == 0


def next_delivery(reader: Reader, thing: Thing) -> Delivery:
    """Return the next event of `thing` that the reader's group is told."""
    member = reader.join()
    try:
        return next_of(member, str(thing.id))
    finally:
        member.close()


def next_of(member: Consumer, key: str) -> Delivery:
    """Return the next record under `key` that the member of a group is given."""
    return next(one for _ in range(50) for one in member.poll(0.2) if one.record.key == key)


def until_somebody_waits_for_a_lock(plumbing: Plumbing) -> None:
    deadline = time.monotonic() + 30
    while not plumbing.rows("select pid from pg_locks where locktype = 'advisory' and not granted"):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)


def test_a_replay_stops_at_an_event_that_still_fails_and_says_why(plumbing: Plumbing) -> None:
    bad = Thing()
    apply = Healing(bad)
    reader = parked_first(plumbing, apply, bad)
    plumbing.tell(bad, 2, 3)
    plumbing.empty()
    drained(reader)
    apply.before = lambda _: setattr(apply, "broken", len(apply.applied) == before + 1)
    before = len(apply.applied)

    assert reader.replay(str(bad.id)) == Replayed(1, "RuntimeError: not today")

    assert of(apply.applied, bad) == [1]
    assert waiting_for(plumbing, bad) == 2
