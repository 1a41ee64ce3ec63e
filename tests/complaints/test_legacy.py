from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.complaints.commands.legacy import content_digest, enter_legacy, refuse_impossible
from services.complaints.shapes.legacy import LegacyIn
from shared.actors import HOUSE, NOT_FROM_TOKENS, Role
from shared.errors import Malformed
from shared.policy import Policy
from tests.rooms import House, outbox_of

LEGACY = "/agencies/rivertown/complaints/legacy"
SUSTAINED = {"category": "force", "finding": "sustained"}
EXONERATED = {"category": "discourtesy", "finding": "exonerated"}
PENDING = {"category": "force", "finding": None}


def make_legacy(**over: Any) -> dict[str, Any]:
    return {"legacy_id": f"old {uuid4()}", "received_on": "2019-05-04", "allegations": [SUSTAINED, EXONERATED], **over}


def enter(house: House, complaints: TestClient, legacy: dict[str, Any]) -> Response:
    return complaints.post(LEGACY, json=legacy, headers=dict(house.person(Role.RECORDS).headers))


def test_a_legacy_record_is_entered_as_it_was_decided(house: House, complaints: TestClient) -> None:
    answer = enter(house, complaints, make_legacy(place="Grand River Ave / Cedar St"))

    assert answer.status_code == 201, answer.text
    entered = answer.json()
    assert entered["number"].startswith("C2019-")
    assert (entered["state"], entered["outcome"], entered["channel"]) == ("closed", "sustained", "not recorded")
    told = {
        "received_on": "2019-05-04",
        "precision": "day",
        "findings": [{**EXONERATED, "count": 1}, {**SUSTAINED, "count": 1}],
        "outcome": "sustained",
        "days_open": None,
        "late": [],
    }
    assert outbox_of(house, "complaints", entered["id"]) == [
        (1, "accord.complaints", "complaint.imported.v1", {**told, "said": None}),
        (1, "accord.oversight", "complaint.imported.v1", {**told, "said": None}),
        (1, "accord.public", "complaint.imported.v1", told),
    ]


def test_a_pending_record_becomes_a_complaint_to_be_dealt_with(house: House, complaints: TestClient) -> None:
    entered = enter(house, complaints, make_legacy(allegations=[PENDING, PENDING])).json()

    assert (entered["state"], entered["outcome"]) == ("received", None)
    told = {
        "received_on": "2019-05-04",
        "precision": "day",
        "findings": [{**PENDING, "count": 2}],
        "outcome": None,
        "days_open": None,
        "late": ["acknowledgement", "investigation", "classification", "whole"],
    }
    assert outbox_of(house, "complaints", entered["id"])[2] == (1, "accord.public", "complaint.imported.v1", told)


def test_what_people_said_of_themselves_is_told_to_oversight_and_not_kept(house: House, complaints: TestClient) -> None:
    legacy = make_legacy(of_themselves={"race": "asian", "age_band": "under 18"})
    entered = enter(house, complaints, legacy).json()

    said = {"race": "asian", "gender": None, "age_band": "under 18"}
    told = {topic: payload.get("said") for _, topic, _, payload in outbox_of(house, "complaints", entered["id"])}
    assert told == {"accord.complaints": said, "accord.oversight": said, "accord.public": None}
    with house.database("complaints") as database, database.engine.connect() as connection:
        kept = connection.execute(text("select complaint::text from complaint where id = :id"), {"id": entered["id"]})
        assert "asian" not in str(kept.scalar())
    digests = {content_digest(LegacyIn.model_validate({**legacy, "of_themselves": one})) for one in (None, said)}
    assert len(digests) == 1, "whoever tries every answer must not find it in the digest"


def test_a_record_entered_twice_is_entered_once(house: House, complaints: TestClient) -> None:
    legacy = make_legacy()
    first = enter(house, complaints, legacy)
    again = enter(house, complaints, legacy)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(outbox_of(house, "complaints", first.json()["id"])) == 3


def test_a_record_sent_by_many_at_once_is_entered_once(house: House, complaints: TestClient) -> None:
    legacy = make_legacy()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: enter(house, complaints, legacy), range(8)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_a_known_id_with_another_content_is_refused(house: House, complaints: TestClient) -> None:
    legacy = make_legacy()
    first = enter(house, complaints, legacy).json()
    changed = enter(house, complaints, {**legacy, "allegations": [EXONERATED]})

    assert changed.status_code == 409
    detail = f"The record {legacy['legacy_id']!r} was entered before with another content."
    assert changed.json()["detail"] == detail
    assert len(outbox_of(house, "complaints", first["id"])) == 3


@pytest.mark.parametrize("role", sorted(set(Role) - NOT_FROM_TOKENS - {Role.RECORDS}))
def test_only_records_enters_legacy_complaints(house: House, complaints: TestClient, role: Role) -> None:
    answer = complaints.post(LEGACY, json=make_legacy(), headers=dict(house.person(role).headers))

    assert answer.status_code == 403
    assert answer.json()["detail"] == "This takes one of the roles records."


@pytest.mark.parametrize(
    ("over", "detail"),
    [
        ({"received_on": "1899-12-31"}, "received_on is 1899-12-31, which is before 1900-01-01 or still to come."),
        ({"received_on": "2931-01-01"}, "received_on is 2931-01-01, which is before 1900-01-01 or still to come."),
        ({"closed_on": "2931-01-01"}, "closed_on is 2931-01-01, which is before 1900-01-01 or still to come."),
        (
            {"closed_on": "2019-05-03"},
            "The record was closed on 2019-05-03, before it was received on 2019-05-04.",
        ),
        ({"incident_on": "2019-05-05"}, "The complaint was received on 2019-05-04, before the incident."),
        (
            {"allegations": [SUSTAINED, PENDING]},
            "Some allegations have a finding and some are pending; enter the record once it is decided.",
        ),
        (
            {"allegations": [PENDING], "closed_on": "2019-05-05"},
            "The record is closed and has no finding.",
        ),
    ],
)
def test_a_record_that_cannot_be_is_refused(
    house: House, complaints: TestClient, over: dict[str, Any], detail: str
) -> None:
    answer = enter(house, complaints, make_legacy(**over))

    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


def test_an_unknown_category_is_refused_with_those_there_are(house: House, complaints: TestClient) -> None:
    answer = enter(house, complaints, make_legacy(allegations=[{"category": "sorcery", "finding": "unfounded"}]))

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("The category 'sorcery' is not known; there is force, ")


def test_a_day_that_has_not_begun_where_the_agency_is_has_not_begun() -> None:
    rules = Policy.read().agencies["rivertown"]
    legacy = LegacyIn.model_validate(make_legacy(received_on="2026-11-23"))
    evening_before = datetime(2026, 11, 23, 4, 59, tzinfo=UTC)

    with pytest.raises(Malformed, match="still to come"):
        enter_legacy(Session(), legacy, HOUSE, evening_before, rules)
    refuse_impossible(legacy, date(2026, 11, 23))


def test_a_record_is_known_again_after_an_upgrade() -> None:
    """The digest is kept in databases: whatever changes it makes every record that was entered a conflict."""
    legacy = LegacyIn.model_validate(make_legacy(legacy_id="18208", incident_on="2019-05-01"))

    assert content_digest(legacy).hex() == "d46eb5bbdac8048778f32af8fbece77d9896eae097d08dc7549a69ad177d1a63"


def test_intake_cannot_file_without_a_channel(house: House, complaints: TestClient) -> None:
    filing = {"narrative": "Nobody says how this came.", "channel": "not recorded"}
    headers = dict(house.person(Role.INTAKE).headers)
    answer = complaints.post("/agencies/rivertown/complaints", json=filing, headers=headers)

    assert answer.status_code == 422
    detail = "Only legacy records do without a channel; say how the complaint reached the agency."
    assert answer.json()["detail"] == detail
