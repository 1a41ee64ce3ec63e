"""What a decided complaint opens."""

import json
import time
from uuid import UUID, uuid4

from services.discipline.consumers import CONSUMERS
from shared.bus import Record
from shared.bus.connect import connect
from shared.events.complaints import ComplaintDecided
from shared.events.event import Audience
from shared.reader import Reader
from tests.discipline.bench import POLICY, Bench, cases_of, tell
from tests.discipline.make import INCIDENT, make_charge, make_decided, make_envelope
from tests.rooms import House, outbox_of

PATIENCE = 30.0
"""Seconds until a test gives up; nothing waits so long when all is well."""


def test_a_sustained_complaint_opens_one_case_per_officer_with_all_their_counts(house: House) -> None:
    one, other, complaint_id = UUID(int=1), UUID(int=2), uuid4()
    first, second, third = make_charge(one, "force"), make_charge(other), make_charge(one, "driving")

    tell(house, make_decided(first, second, third), complaint_id)

    ones, others = cases_of(house, complaint_id)
    assert (ones.officer_id, ones.state, ones.incident_on) == (one, "opened", INCIDENT)
    assert [(count.allegation_id, count.category, count.severity) for count in ones.counts] == [
        (charge.allegation_id, charge.category, charge.severity) for charge in (first, third)
    ]
    assert (others.officer_id, [count.allegation_id for count in others.counts]) == (other, [second.allegation_id])
    assert ones.number.startswith("D2026-")
    assert int(others.number[-6:]) == int(ones.number[-6:]) + 1
    assert ones.public_ref != others.public_ref


def test_the_public_learns_how_many_counts_and_nothing_else(house: House) -> None:
    complaint_id, officer_id = uuid4(), uuid4()

    tell(house, make_decided(make_charge(officer_id), make_charge(officer_id)), complaint_id)

    (case,) = cases_of(house, complaint_id)
    internal = {"counts": 2, "officer_id": str(officer_id), "complaint_id": str(complaint_id)}
    assert outbox_of(house, "discipline", str(case.id)) == [
        (1, "accord.discipline", "discipline.opened.v1", internal),
        (1, "accord.oversight", "discipline.opened.v1", {"counts": 2}),
        (1, "accord.public", "discipline.opened.v1", {"counts": 2}),
    ]


def test_a_complaint_that_was_not_sustained_opens_no_case(house: House) -> None:
    complaint_id = uuid4()

    tell(house, make_decided(), complaint_id)

    assert cases_of(house, complaint_id) == []


def test_a_complaint_that_is_decided_again_brings_only_its_new_charges(house: House) -> None:
    complaint_id, officer_id = uuid4(), uuid4()
    old, new = make_charge(officer_id), make_charge(officer_id, "force")

    tell(house, make_decided(old), complaint_id)
    tell(house, make_decided(old, new), complaint_id)

    held = {count.allegation_id: case.id for case in cases_of(house, complaint_id) for count in case.counts}
    assert sorted(held) == sorted([old.allegation_id, new.allegation_id])
    assert len(set(held.values())) == 2


def test_a_case_is_opened_by_the_house_and_the_audit_says_so(bench: Bench) -> None:
    case_id = bench.opened()

    with bench.house.database("discipline") as database, database.engine.begin() as connection:
        connection.exec_driver_sql("select set_config('accord.agency', 'rivertown', true)")
        rows = connection.exec_driver_sql(
            "select roles, deed, case_version from audit where case_id = %(id)s", {"id": case_id}
        ).all()
    assert [tuple(row) for row in rows] == [("house", "discipline.opened.v1", 1)]


def record(decided: ComplaintDecided, complaint_id: UUID) -> Record:
    value = json.dumps(decided.as_seen_by(Audience.INTERNAL)).encode()
    return Record("accord.complaints", "one key", value, make_envelope(complaint_id).headers())


def test_a_decision_that_is_delivered_twice_opens_its_case_once(house: House) -> None:
    twice_id, last_id = uuid4(), uuid4()
    twice = record(make_decided(make_charge(), make_charge()), twice_id)
    last = record(make_decided(make_charge()), last_id)
    bus = connect(house.settings)
    with house.database("discipline") as database:
        reader = Reader(
            database,
            bus,
            f"test-{uuid4()}",
            CONSUMERS.topics,
            lambda session, envelope, value: CONSUMERS.apply(session, envelope, value, POLICY),
        )
        bus.publish([twice, twice, last])
        member = reader.join()
        deadline = time.monotonic() + PATIENCE
        while not cases_of(house, last_id) and time.monotonic() < deadline:
            reader.read(member, wait=0.2)
        member.close()
    bus.close()

    assert len(cases_of(house, last_id)) == 1
    assert len(cases_of(house, twice_id)) == 2
