from fastapi.testclient import TestClient

from tests.make import make_filing
from tests.rooms import House, outbox_of

FILE = "/agencies/rivertown/complaints"


def test_anyone_may_complain_without_a_token(house: House, complaints: TestClient) -> None:
    answer = complaints.post(FILE, json=make_filing())

    assert answer.status_code == 201, answer.text
    filed = answer.json()
    assert filed["number"].startswith("C2026-")
    assert len(filed["receipt_code"]) == 29
    assert answer.headers["etag"] == '"1"'
    received = {"channel": "web", "categories": ["force"]}
    assert outbox_of(house, "complaints", filed["id"]) == [
        (1, "accord.complaints", "complaint.received.v1", {**received, "anonymous": True}),
        (1, "accord.oversight", "complaint.received.v1", received),
        (1, "accord.public", "complaint.received.v1", received),
    ]
