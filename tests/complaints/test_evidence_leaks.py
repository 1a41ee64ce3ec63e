"""What is private in evidence, statements and papers goes to no topic, lies open on no disk and in no public answer."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.evidence import brought, deposit, on_disk, read
from tests.files import SMALL

SENTINELS = {
    name: f"SENTINEL-{number}-{name}"
    for number, name in enumerate(("file", "content", "because", "handed", "reason", "said", "note", "task", "result"))
}
SEALED = ("file", "content", "said")
"""What lies open in no table."""


@pytest.fixture
def complaint(desk: Desk) -> dict[str, Any]:
    """Return a complaint with a sentinel in every private field of an investigation."""
    told, complaint = SENTINELS, desk.assigned()

    def step(name: str, body: dict[str, Any]) -> dict[str, Any]:
        where = f"{COMPLAINTS}/{complaint['id']}/{name}"
        answer = desk.client.post(where, json=body, headers=dict(desk.investigator.headers))
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    content = SMALL["notes.txt"] + told["content"].encode()
    file = brought(desk, complaint, content, name=f"{told['file']}.txt", because=told["because"])
    read(desk, complaint, file, desk.investigator, because=told["reason"], handed_to=told["handed"])
    step("notes", {"text": told["note"]})
    task = step("tasks", {"what": told["task"], "due_on": "2999-01-01"})["tasks"][0]
    step("tasks/done", {"task_id": task["id"], "result": told["result"]})
    for kind, order in (("voluntary", None), ("compelled", told["reason"])):
        said: dict[str, Any] = {
            "kind": kind,
            "speaker": "officer",
            "officer_id": str(desk.officer_id),
            "text": told["said"],
        }
        taken_at = datetime.now(UTC).isoformat()
        said |= {"taken_at": taken_at, "order": order, "waiver": told["reason"]}
        statement = step("statements", said)
        step(f"statements/{statement['id']}/reading", {"because": told["reason"]})
    return complaint


def tables(desk: Desk) -> dict[str, str]:
    """Return every table of the service as its owner reads it."""
    owner = make_url(desk.house.settings.postgres_owner).set(drivername="postgresql", database="accord_complaints")
    with psycopg.connect(owner.render_as_string(hide_password=False)) as connection:
        names = [row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
        return {
            name: str(connection.execute(f'select row_to_json(t)::text from "{name}" t').fetchall()) for name in names
        }


def test_no_private_word_goes_to_a_topic(desk: Desk, complaint: dict[str, Any]) -> None:
    assert complaint
    outbox = tables(desk)["outbox"]

    assert "complaint.evidence_added.v1" in outbox
    assert [name for name, sentinel in SENTINELS.items() if sentinel in outbox] == []


@pytest.mark.parametrize("name", SEALED)
def test_what_is_sealed_lies_open_in_no_table_and_no_file(desk: Desk, complaint: dict[str, Any], name: str) -> None:
    assert complaint
    sentinel = SENTINELS[name]

    assert [table for table, rows in tables(desk).items() if sentinel in rows] == []
    hexed = sentinel.encode().hex()
    assert [table for table, rows in tables(desk).items() if hexed in rows] == []
    for path in on_disk(desk.house):
        assert sentinel not in str(path)
        assert sentinel.encode() not in path.read_bytes()


def test_whoever_holds_the_receipt_code_sees_nothing_of_the_investigation(desk: Desk) -> None:
    filed = desk.filed()
    deposit(desk, filed["receipt_code"])
    sentinel = SENTINELS["file"]
    where = f"{COMPLAINTS}/{filed['id']}/evidence"
    form = {"files": {"file": (f"{sentinel}.txt", b"x")}, "data": {"channel": "mail", "because": sentinel}}
    assert desk.client.post(where, headers=dict(desk.intake.headers), **form).status_code == 201  # type: ignore[arg-type]

    for path in ("track", "track/evidence"):
        answer = desk.client.get(f"{COMPLAINTS}/{path}", headers={"Receipt-Code": filed["receipt_code"]})
        assert answer.status_code == 200
        assert sentinel not in answer.text
