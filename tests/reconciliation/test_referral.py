from functools import partial
from uuid import uuid4

from services.reconciliation.consumers import CONSUMERS
from shared.bus import Record, Topic
from shared.bus.connect import connect
from shared.reader import Reader
from tests.reconciliation.make import POLICY, Desk, everywhere, make_envelope, make_referral, rows
from tests.rooms import House, outbox_of


def test_a_referral_opens_a_process_with_the_officers_as_parties(desk: Desk) -> None:
    process = desk.referred("restorative circle")

    assert process["number"].startswith("H2026-")
    assert (process["state"], process["kind"], process["outcome"]) == ("referred", "restorative circle", None)
    assert [(party["side"], party["officer_id"], party["consent"]) for party in process["parties"]] == [
        ("officer", str(desk.officer.id), None)
    ]
    assert desk.told(process) == everywhere(
        1, "referred", {"process": "restorative circle"}, complaint_id=process["complaint_id"]
    )


def test_the_house_itself_opens_the_process(desk: Desk) -> None:
    process = desk.referred()

    deeds = rows(desk.house, "select deed, roles from audit where case_id = :id order by id", id=process["id"])
    assert deeds[0] == ("reconciliation.referred.v1", "house")


def test_a_referral_that_is_delivered_twice_opens_one_process(house: House) -> None:
    bus, owner = connect(house.settings), connect(house.settings, owner=True)
    topic, complaint_id, referral = f"test.{uuid4()}", uuid4(), make_referral()
    owner.create_topics([Topic(topic, 1, None)])
    envelope = make_envelope(referral, complaint_id)
    record = Record(topic, str(complaint_id), referral.model_dump_json().encode(), envelope.headers())
    bus.publish([record, record])

    with house.database("reconciliation") as database:
        apply = partial(CONSUMERS.apply, policy=POLICY)
        reader = Reader(database, bus, f"test-{uuid4()}", (topic,), apply)
        member = reader.join()
        delivered = 0
        while delivered < 2:
            delivered += reader.read(member, wait=1.0)
        member.close()
    opened = rows(house, "select id from process where complaint_id = :id", id=complaint_id)
    assert len(opened) == 1
    assert [kind for _, _, kind, _ in outbox_of(house, "reconciliation", str(opened[0].id))] == [
        "reconciliation.referred.v1"
    ] * 3
    owner.close()
    bus.close()


def test_numbers_are_given_in_order_and_never_twice(desk: Desk) -> None:
    first, second = (desk.referred()["number"] for _ in range(2))

    assert int(second.split("-")[1]) == int(first.split("-")[1]) + 1
