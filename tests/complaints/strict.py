"""An agency with everything that its policy can ask for: a panel, a known head, and grounds for standing still."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from services.complaints.consumers import CONSUMERS
from shared.events.event import Event
from shared.occasion import Occasion
from shared.policy import SHIPPED, Policy
from tests.complaints.conftest import COMPLAINTS, Desk, ask, new_desk
from tests.make import AGENCY
from tests.reconciliation.make import make_envelope
from tests.rooms import House, Person, outbox_of

HEAD = UUID("0b1f8a52-7d3c-4e6a-9b3e-6d5f0c1a2b3c")
"""The chief of Rivertown."""

OF_THE_AGENCY = f"""
heads = ["{HEAD}"]

[panel]
members = 4
quorum = 3
"""

OF_THE_LIMITS = """
[grounds.mediation]
label = "the parties are in mediation"
law = "an example"

[grounds.referral]
label = "somebody outside deals with it"
law = "an example"

[limits.second-look]
label = { en = "decision after a reopening", es = "la decisión tras una reapertura" }
law = "an example"
begins = "reopened"
met_by = "decided"
days = 60
"""


def strict_packs(folder: Path, of_the_agency: str = OF_THE_AGENCY) -> Path:
    """Return a copy of the shipped packs in which Rivertown's policy says all that it can."""
    packs = Path(shutil.copytree(SHIPPED, folder / "packs"))
    agency, limits = packs / "agencies/rivertown.toml", packs / "limits/new-jersey-iapp.toml"
    keys, bracket, tables = of_the_agency.partition("\n[")
    agency.write_text(keys + "\n" + agency.read_text() + bracket + tables)
    stops = 'grounds = ["criminal-matter", "mediation", "referral"]'
    limits.write_text(limits.read_text().replace('grounds = ["criminal-matter"]', stops) + OF_THE_LIMITS)
    return packs


def strict_house(house: House, packs: Path) -> House:
    """Return the same installation under other packs."""
    return House(house.settings.model_copy(update={"policy": packs}))


def refusal(desk: Desk, complaint: dict[str, Any], step: str, by: Person, body: dict[str, Any]) -> tuple[int, str]:
    """Take a step that is refused, and return status and sentence; nothing was told."""
    before = outbox_of(desk.house, "complaints", complaint["id"])
    status, problem = ask(desk, complaint, step, by, **body)
    assert outbox_of(desk.house, "complaints", complaint["id"]) == before
    return status, problem["detail"]


def look(desk: Desk, complaint: dict[str, Any], what: str = "", by: Person | None = None) -> Any:
    """Return what somebody, or the commander, reads."""
    path = f"{COMPLAINTS}/{complaint['id']}{what}"
    answer = desk.client.get(path, headers=dict((by or desk.commander).headers))
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(desk: Desk, complaint: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what each audience was told when this happened last, by topic."""
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return {
        topic.removeprefix("accord."): payload for _, topic, name, payload in rows if name == f"complaint.{kind}.v1"
    }


def happened(desk: Desk, complaint: dict[str, Any]) -> list[str]:
    """Return what the services were told of a complaint, in order."""
    rows = outbox_of(desk.house, "complaints", complaint["id"])
    return [name.split(".")[1] for _, topic, name, _ in rows if topic == "accord.complaints"]


def tell(house: House, event: Event, case_id: UUID) -> None:
    """Let the service apply one event of another, under the packs of `house`."""
    envelope = make_envelope(event, case_id)
    policy = Policy.read(house.settings.policy)
    with (
        house.database("complaints") as database,
        database.transaction(Occasion(service="complaints", agency=AGENCY, causation=str(envelope.id))) as session,
    ):
        CONSUMERS.apply(session, envelope, event.model_dump_json().encode(), policy)


def supervise(
    desk: Desk, officer_id: UUID, supervisor_id: UUID | None, records: Person, **said: Any
) -> tuple[int, Any]:
    """Say by whom an officer is supervised."""
    line = {"officer_id": str(officer_id), "supervisor_id": supervisor_id and str(supervisor_id), **said}
    answer = desk.client.post(f"{COMPLAINTS}/reporting-lines", json=line, headers=dict(records.headers))
    return answer.status_code, answer.json()


@contextmanager
def strict_desk(house: House, folder: Path, of_the_agency: str = OF_THE_AGENCY) -> Iterator[Desk]:
    """Yield a unit of people at a service whose policy says all that it can."""
    strict = strict_house(house, strict_packs(folder, of_the_agency))
    with strict.service("complaints") as client:
        yield new_desk(strict, client)


def limits_of(desk: Desk, complaint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the time limits of a complaint."""
    return {limit["code"]: limit for limit in look(desk, complaint, "/time-limits")["limits"]}
