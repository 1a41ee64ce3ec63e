"""The notes and tasks of an investigation."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.actors import Role
from shared.policy import Policy
from tests.complaints.conftest import Desk, ask
from tests.complaints.evidence import get
from tests.rooms import outbox_of

TODAY = Policy.read().agencies["rivertown"].today(datetime.now(UTC))


def task_of(desk: Desk, complaint: dict[str, Any], **over: Any) -> dict[str, Any]:
    said = {"what": "Ask the shop for its recording.", "due_on": f"{TODAY}", **over}
    status, body = ask(desk, complaint, "tasks", desk.commander, **said)
    assert status == 201, body
    task: dict[str, Any] = body["tasks"][0]
    return task


def kinds(desk: Desk, complaint: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [row[1:] for row in outbox_of(desk.house, "complaints", complaint["id"])][-1:]


def test_a_note_is_kept_as_it_was_written_and_told_to_nobody_outside(desk: Desk) -> None:
    complaint = desk.assigned()

    status, body = ask(desk, complaint, "notes", desk.investigator, text="The two reports differ.")

    assert status == 201
    (note,) = body["notes"]
    assert (note["text"], note["by"]) == ("The two reports differ.", str(desk.investigator.id))
    assert get(desk, complaint, "notes", desk.commander).json() == body
    assert kinds(desk, complaint) == [("accord.complaints", "complaint.note_written.v1", {})]


@pytest.mark.parametrize("statement", ["update note set text = 'other'", "delete from note", "delete from statement"])
def test_what_was_written_or_said_is_never_changed(desk: Desk, statement: str) -> None:
    ask(desk, desk.assigned(), "notes", desk.investigator, text="The two reports differ.")

    with (
        desk.house.database("complaints") as database,
        pytest.raises(ProgrammingError) as refused,
        database.engine.begin() as connection,
    ):
        connection.execute(text(statement))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_only_the_assigned_investigator_writes_notes(desk: Desk) -> None:
    both = desk.house.person(Role.INVESTIGATOR, Role.COMMANDER)

    status, problem = ask(desk, desk.assigned(), "notes", both, text="x")

    assert (status, problem["detail"]) == (409, "Only the assigned investigator investigates a complaint.")


def test_a_note_belongs_to_an_investigation_that_goes_on(desk: Desk) -> None:
    status, problem = ask(desk, desk.submitted(), "notes", desk.investigator, text="x")

    assert status == 409
    assert problem["detail"].startswith("A complaint that is under review cannot be taken through 'investigate'")


def test_whoever_does_not_judge_reads_no_papers(desk: Desk) -> None:
    complaint = desk.assigned()

    for rest in ("notes", "tasks"):
        assert get(desk, complaint, rest, desk.intake).status_code == 403
        assert get(desk, complaint, rest, desk.house.person(Role.INVESTIGATOR)).status_code == 404


def test_a_task_is_set_and_done_by_somebody(desk: Desk) -> None:
    complaint = desk.assigned()
    task = task_of(desk, complaint)
    assert (task["set_by"], task["done_by"], task["late"]) == (str(desk.commander.id), None, False)
    facts = {"task_id": task["id"], "due_on": f"{TODAY}"}
    assert kinds(desk, complaint) == [("accord.complaints", "complaint.task_set.v1", facts)]

    status, body = ask(
        desk, complaint, "tasks/done", desk.investigator, task_id=task["id"], result="It was recorded over."
    )

    assert status == 200
    (done,) = body["tasks"]
    assert (done["done_by"], done["result"]) == (str(desk.investigator.id), "It was recorded over.")
    assert kinds(desk, complaint) == [("accord.complaints", "complaint.task_done.v1", {"task_id": task["id"]})]


def test_a_task_that_is_not_done_in_time_is_late(desk: Desk) -> None:
    complaint = desk.assigned()
    task = task_of(desk, complaint)
    owner = psycopg.connect(desk.house.settings.postgres_owner, dbname="accord_complaints")
    with owner as connection:
        yesterday = TODAY - timedelta(days=1)
        connection.execute("update task set due_on = %s where id = %s", (yesterday, task["id"]))
    owner.close()

    assert get(desk, complaint, "tasks", desk.investigator).json()["tasks"][0]["late"] is True


def test_a_task_is_not_due_before_it_is_set(desk: Desk) -> None:
    yesterday = TODAY - timedelta(days=1)
    said = {"what": "Ask the shop.", "due_on": f"{yesterday}"}

    status, problem = ask(desk, desk.assigned(), "tasks", desk.commander, **said)

    assert (status, problem["detail"]) == (422, f"A task cannot be due on {yesterday}, which has passed.")


def test_a_task_is_done_once(desk: Desk) -> None:
    complaint = desk.assigned()
    said = {"task_id": task_of(desk, complaint)["id"], "result": "Done."}
    ask(desk, complaint, "tasks/done", desk.investigator, **said)

    status, problem = ask(desk, complaint, "tasks/done", desk.investigator, **said)

    on = datetime.now(UTC).date()
    assert (status, problem["detail"]) == (409, f"This task was done on {on}; what came of it stands.")


def test_a_task_of_another_complaint_is_not_done_here(desk: Desk) -> None:
    elsewhere = task_of(desk, desk.assigned())["id"]

    for task_id in (elsewhere, str(uuid4())):
        status, problem = ask(desk, desk.assigned(), "tasks/done", desk.investigator, task_id=task_id, result="x")
        assert (status, problem["detail"]) == (404, "There is no such task in this complaint.")
