"""What waits is seen, replayed or sent again by a command, in order, and every deed has its audit row."""

import json
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from accord.main import main
from shared import deadletters
from shared.actors import NOBODY
from shared.bus import Delivery, Record
from shared.bus.connect import connect
from shared.db import Database
from shared.occasion import Occasion
from shared.relay import Relay
from tests.make import AGENCY, make_filing
from tests.reconciliation.make import make_envelope, make_referral
from tests.rooms import House

WHY = "The referral was mended."


@dataclass
class Operator:
    """Somebody at the command line of an installation."""

    house: House
    prompt: pytest.MonkeyPatch
    screen: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run `accord` and return its exit code and all that it said."""
        self.prompt.setattr(sys, "argv", ["accord", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.screen.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    def rows(self, service: str, statement: str, **values: Any) -> list[Any]:
        """Return rows of a service's database as it sees them for one agency."""
        with self.house.database(service) as database, transaction(database) as session:
            return list(session.execute(text(statement), values))

    def park(self, service: str, reason: str, *records: Record, consumer: str = "") -> None:
        """Let records wait for a service's consumer."""
        with self.house.database(service) as database, transaction(database) as session:
            for offset, record in enumerate(records):
                deadletters.park(session, consumer or service, Delivery(record, 0, offset), f"{reason} [/{offset}]")

    def deeds(self, service: str, case_id: str | UUID) -> list[tuple[Any, ...]]:
        """Return what an operator did to a case, from the audit."""
        statement = (
            "select deed, actor_id, roles, case_version, why from audit where case_id = :id"
            " and (deed like 'replayed%' or deed like 'resent%' or deed like 'set aside%') order by id"
        )
        return [tuple(row) for row in self.rows(service, statement, id=case_id)]


def transaction(database: Database) -> Any:
    return database.transaction(Occasion(service=database.service, agency=AGENCY))


@pytest.fixture
def operator(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Operator]:
    """Yield an operator of an installation where nothing waits."""
    monkeypatch.setenv("ACCORD_POSTGRES", house.settings.postgres)
    log, level, when_told_to_end = list(logging.root.handlers), logging.root.level, signal.getsignal(signal.SIGTERM)
    operator = Operator(house, monkeypatch, capsys)
    for service in ("complaints", "reconciliation", "gateway"):
        operator.rows(service, "delete from dead_letter returning id")
        operator.rows(service, "delete from outbox where parked_at is not null returning id")
    yield operator
    logging.root.handlers[:] = log
    logging.root.setLevel(level)
    signal.signal(signal.SIGTERM, when_told_to_end)


def referral(case_id: UUID, **over: Any) -> Record:
    """Return the record of a referral to mediation, with another body if one is given."""
    event = make_referral()
    body = {**event.model_dump(mode="json"), **over}
    headers = make_envelope(event, case_id).headers()
    return Record(event.topic, str(case_id), json.dumps(body).encode(), headers)


def test_when_nothing_waits_the_list_says_so(operator: Operator) -> None:
    assert operator.run("parked", "reconciliation") == (0, "Nothing waits.\n")


def test_the_list_tells_what_waits_in_every_service_and_that_something_does(operator: Operator) -> None:
    case_id, reference = uuid4(), "abcdefghij234567"
    operator.park("reconciliation", "the event", referral(case_id), referral(case_id))
    operator.park("gateway", "the entry", Record("accord.public", reference, b"{}"), consumer="feed")

    code, said = operator.run("parked")

    assert code == 3
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines()]
    found = [line[:5] for line in lines if line and line[2] in (str(case_id), reference)]
    assert sorted(found) == [
        ["gateway", "feed", reference, "1", "the entry [/0]"],
        ["reconciliation", "reconciliation", str(case_id), "2", "the event [/0]"],
    ]
    assert operator.run("parked", "complaints") == (0, "Nothing waits.\n")


def test_a_replay_applies_what_waits_and_is_audited_as_the_persons_deed(operator: Operator) -> None:
    case_id, person = uuid4(), uuid4()
    operator.park("reconciliation", "it", referral(case_id))

    code, said = operator.run("replay", "reconciliation", str(case_id), "--why", WHY, "--person", str(person))

    assert (code, said) == (0, f"Replayed 1 event of {case_id}; nothing waits there any more.\n")
    assert len(operator.rows("reconciliation", "select 1 from process where complaint_id = :id", id=case_id)) == 1
    assert operator.deeds("reconciliation", case_id) == [("replayed dead letters", person, "", 1, WHY)]
    assert operator.run("parked", "reconciliation")[0] == 0


def test_a_replay_stops_at_what_still_fails_and_says_so(operator: Operator) -> None:
    case_id = uuid4()
    operator.park("reconciliation", "it", referral(case_id), referral(case_id, process="a duel"), referral(case_id))

    code, said = operator.run("replay", "reconciliation", str(case_id), "--why", WHY)

    assert code == 1
    assert said.startswith(f"accord: Replayed 1 event of {case_id}; the next still fails: ValidationError: process: ")
    assert operator.deeds("reconciliation", case_id) == [("replayed dead letters", NOBODY, "house", 1, WHY)]
    waiting = operator.rows("reconciliation", "select 1 from dead_letter where replayed_at is null")
    assert len(waiting) == 2


def test_what_can_never_be_applied_is_set_aside_and_the_rest_replayed(operator: Operator) -> None:
    case_id = uuid4()
    operator.park("reconciliation", "it", referral(case_id, process="a duel"), referral(case_id))

    code, said = operator.run("set-aside", "reconciliation", str(case_id), "--why", WHY)

    assert code == 0
    assert said == (
        f"Set aside the first event of {case_id} (complaint.harm_referred.v1); "
        f"`accord replay reconciliation {case_id}` goes on with the others.\n"
    )
    assert operator.run("replay", "reconciliation", str(case_id), "--why", WHY) == (
        0,
        f"Replayed 1 event of {case_id}; nothing waits there any more.\n",
    )
    assert len(operator.rows("reconciliation", "select 1 from process where complaint_id = :id", id=case_id)) == 1
    assert [deed for deed, *_ in operator.deeds("reconciliation", case_id)] == [
        "set aside an event that cannot be applied",
        "replayed dead letters",
    ]
    assert operator.run("set-aside", "reconciliation", str(case_id), "--why", WHY)[0] == 1


def test_a_replay_of_the_feed_is_audited_under_the_public_reference(operator: Operator) -> None:
    reference = "abcdefghij234567"
    operator.park("gateway", "it", Record("accord.public", reference, b"{}", {}), consumer="feed")

    code, said = operator.run("replay", "gateway", reference, "--why", WHY)

    assert code == 1
    assert "the next still fails: UnreadableEnvelopeError: the header 'ce_id' is missing" in said
    nobodys = Occasion(service="gateway", agency="")
    with operator.house.database("gateway") as database, database.transaction(nobodys) as session:
        deeds = session.execute(text("select deed, why from audit order by id desc limit 1")).all()
    assert [tuple(row) for row in deeds] == [(f"replayed dead letters of {reference}", WHY)]


def test_where_nothing_waits_there_is_nothing_to_replay_or_resend(operator: Operator) -> None:
    case_id = uuid4()

    assert operator.run("replay", "complaints", str(case_id), "--why", WHY) == (
        1,
        f"accord: No event of {case_id} waits in complaints; `accord parked complaints` lists what does.\n",
    )
    assert operator.run("resend", "complaints", str(case_id), "--why", WHY) == (
        1,
        f"accord: Nothing of {case_id} is parked in complaints; `accord parked complaints` lists what is.\n",
    )
    assert operator.deeds("complaints", case_id) == []


@pytest.mark.parametrize("command", ["replay", "resend", "set-aside"])
def test_nothing_is_repaired_without_a_reason(operator: Operator, command: str) -> None:
    code, said = operator.run(command, "complaints", str(uuid4()), "--why", " ")

    assert code == 2
    assert "an audit row without a reason is worth nothing" in said
    assert operator.run(command, "complaints", str(uuid4()))[0] == 2


def test_a_resent_case_is_sent_in_order_and_audited(operator: Operator) -> None:
    with operator.house.service("complaints") as client:
        filed = client.post(f"/agencies/{AGENCY}/complaints", json=make_filing()).json()
    parking = (
        "update outbox set parked_at = now(), attempts = 5, last_error = 'too large'"
        " where case_id = :id and topic = 'accord.complaints' returning id"
    )
    assert len(operator.rows("complaints", parking, id=filed["id"])) == 1
    code, said = operator.run("parked", "complaints")
    assert code == 3
    assert [word in said for word in ("outbox", filed["id"], "too large")] == [True] * 3
    assert relayed(operator, filed["id"]) == []

    code, said = operator.run("resend", "complaints", filed["id"], "--why", WHY)

    unsent = len(operator.rows("complaints", "select 1 from outbox where case_id = :id", id=filed["id"]))
    assert (code, said) == (0, f"The relay of complaints sends {unsent} events of {filed['id']} now.\n")
    assert operator.deeds("complaints", filed["id"]) == [("resent parked events", NOBODY, "house", 1, WHY)]
    assert "accord.complaints" in relayed(operator, filed["id"])
    assert len(relayed(operator, filed["id"])) == unsent
    assert operator.run("parked", "complaints") == (0, "Nothing waits.\n")


def relayed(operator: Operator, case_id: str) -> list[str]:
    """Send what is to be sent, and return the topics to which the case's events have gone."""
    with operator.house.database("complaints") as database, closing(connect(operator.house.settings)) as bus:
        relay = Relay(database, bus)
        while relay.send():
            pass
    sent = operator.rows(
        "complaints", "select topic from outbox where case_id = :id and sent_at is not null order by id", id=case_id
    )
    return [row.topic for row in sent]
