import json
from typing import Any
from uuid import UUID

import pytest

from services.reconciliation.commands.process import sealed_at
from services.reconciliation.models import Table
from shared.actors import Role
from shared.occasion import Occasion
from shared.vault import Vault
from tests.make import AGENCY
from tests.reconciliation.make import (
    HERE,
    Desk,
    make_commitment,
    make_referral,
    make_session,
    refused,
    rows,
    tell,
)

NAME, CONTACT, PLACE, WORDS, REASON = (f"sentinel-{what}" for what in ("name", "contact", "place", "words", "reason"))
NO_SUCH = "There is no such reconciliation process here."


def process_with_secrets(desk: Desk) -> dict[str, Any]:
    """Return an agreed process with a sentinel in every field that somebody wrote."""
    process = desk.done(desk.liaison, desk.referred(), "parties", {"name": NAME, "contact": CONTACT})
    process = desk.done(desk.liaison, process, "screening", {"exclusions": [], "because": REASON})
    process = desk.for_each_party(desk.for_each_party(process, "consent"), "preparation")
    process = desk.done(desk.liaison, process, "schedule", make_session(desk.facilitator, place=PLACE))
    process = desk.done(desk.facilitator, process, "session")
    return desk.done(desk.facilitator, process, "agreement", {"commitments": [make_commitment(text=WORDS)]})


def test_nothing_that_somebody_wrote_is_told(desk: Desk) -> None:
    process = process_with_secrets(desk)
    commitment = f"commitments/{process['commitments'][0]['id']}"
    desk.done(desk.commander, process, f"{commitment}/report", {"reported": "reported done"})
    desk.done(desk.liaison, process, f"{commitment}/verification", {"verified": "verified"})
    desk.done(desk.liaison, process, "follow-up")
    desk.done(desk.liaison, process, "closure")

    outbox = rows(
        desk.house,
        "select topic, payload::text || headers::text as told from outbox where case_id = :id",
        id=process["id"],
    )
    assert {row.topic for row in outbox} == {"accord.reconciliation", "accord.oversight", "accord.public"}
    assert [row.told for row in outbox if "sentinel" in row.told] == []
    ids = [process["id"], process["complaint_id"], process["number"], str(desk.officer.id), str(desk.facilitator.id)]
    reduced = " ".join(row.told for row in outbox if row.topic != "accord.reconciliation")
    assert [known for known in ids if known in reduced] == []


def test_names_are_sealed_where_they_lie_and_never_shown(desk: Desk) -> None:
    process = process_with_secrets(desk)
    assert NAME not in json.dumps(process)
    assert CONTACT not in json.dumps(process)
    party = UUID(process["parties"][1]["id"])
    kept = rows(desk.house, "select sealed_name, sealed_contact from party where id = :id", id=party)[0]

    vault, case = Vault.of(desk.house.settings), UUID(process["id"])
    with (
        desk.house.database("reconciliation") as database,
        database.transaction(Occasion(service="reconciliation", agency=AGENCY)) as session,
    ):
        opened = [
            vault.open(session, case, sealed_at(column, party), sealed)
            for column, sealed in (("name", kept.sealed_name), ("contact", kept.sealed_contact))
        ]
    assert NAME.encode() not in kept.sealed_name
    assert opened == [NAME, CONTACT]


def test_what_is_said_in_a_session_has_no_place_to_be_kept() -> None:
    written = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        if table.name not in ("recommendation", "comment")  # what is written to be published
        for column in table.columns
        if column.type.python_type is str and not hasattr(column.type, "enums")
    }
    identifiers = {"process.agency", "process.number", "process.public_ref", "party.agency", "commitment.agency"}
    assert written - identifiers == {"process.place", "commitment.text", "commitment.released_text"}


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.ADJUDICATOR, Role.SUPERVISOR, Role.OVERSIGHT])
def test_the_chain_of_command_and_the_board_see_the_outcome_only(desk: Desk, role: Role) -> None:
    process = process_with_secrets(desk)
    reader = desk.house.person(role)

    whole = desk.get(reader, f"/{process['id']}")
    refused(whole, 403, "This takes one of the roles auditor, facilitator, liaison.")
    shown = desk.get(reader, f"/{process['id']}/outcome").json()
    commitment = {key: value for key, value in process["commitments"][0].items() if key != "text"}
    known = {key: process[key] for key in ("id", "number", "version", "state", "kind", "outcome")}
    assert shown == {**known, "commitments": [commitment], "own_party": None}


def test_a_step_shows_a_commander_no_more_than_reading_does(desk: Desk) -> None:
    process = process_with_secrets(desk)
    path = f"commitments/{process['commitments'][0]['id']}/report"

    answer = desk.post(desk.commander, process, path, {"reported": "in progress"})

    assert answer.status_code == 200
    assert "sentinel" not in answer.text
    assert "parties" not in answer.json()


def test_an_officer_sees_that_there_is_a_process_and_their_own_part_in_it(desk: Desk) -> None:
    process = process_with_secrets(desk)

    listed = desk.get(desk.officer).json()["processes"]
    assert listed == [{key: process[key] for key in ("id", "number", "kind", "state")}]
    shown = desk.get(desk.officer, f"/{process['id']}/outcome")
    assert shown.json()["own_party"] == process["parties"][0]
    assert "sentinel" not in shown.text


def test_an_officer_does_not_learn_of_the_processes_of_others(desk: Desk) -> None:
    process = desk.named()
    stranger = desk.house.person(Role.OFFICER)

    assert desk.get(stranger).json() == {"processes": [], "next": None}
    refused(desk.get(stranger, f"/{process['id']}/outcome"), 404, NO_SUCH)


def test_whoever_is_a_party_does_not_read_the_process_as_staff(desk: Desk) -> None:
    process = desk.named()
    own_staff = desk.house.person(Role.FACILITATOR, Role.LIAISON, Role.AUDITOR, id=desk.officer.id)

    refused(desk.get(own_staff, f"/{process['id']}"), 404, NO_SUCH)
    assert desk.get(own_staff, f"/{process['id']}/outcome").json()["own_party"]["officer_id"] == str(desk.officer.id)


def test_every_reading_is_noted(desk: Desk) -> None:
    process = desk.named()
    auditor = desk.house.person(Role.AUDITOR)
    desk.get(auditor, f"/{process['id']}")
    desk.get(desk.officer, f"/{process['id']}/outcome")

    read = rows(
        desk.house,
        "select actor_id, deed, case_version from audit where case_id = :id and deed like 'read%' order by id",
        id=process["id"],
    )
    assert [tuple(row) for row in read[-2:]] == [(auditor.id, "read process", 2), (desk.officer.id, "read outcome", 2)]


def test_the_newest_processes_come_first_and_pages_do_not_repeat(desk: Desk) -> None:
    mine = [desk.referred()["id"] for _ in range(3)]

    first = desk.get(desk.officer, "?limit=2").json()
    second = desk.get(desk.officer, f"?limit=2&after={first['next']}").json()

    assert [line["id"] for line in (*first["processes"], *second["processes"])] == mine[::-1]
    assert second["next"] is None
    assert desk.get(desk.officer, "?state=closed").json()["processes"] == []


def test_a_process_is_not_seen_from_another_agency(desk: Desk) -> None:
    process = process_with_secrets(desk)
    both = desk.house.person(Role.FACILITATOR, agencies=(AGENCY, "south-bend-in"))
    elsewhere = HERE.replace(AGENCY, "south-bend-in")

    answer = desk.client.get(f"{elsewhere}/{process['id']}", headers=dict(both.headers))
    refused(answer, 404, NO_SUCH)
    for table, column in (("process", "id"), ("party", "process_id"), ("commitment", "process_id")):
        statement = f"select id from {table} where {column} = :id"
        assert rows(desk.house, statement, agency="south-bend-in", id=process["id"]) == []
        assert rows(desk.house, statement, id=process["id"]) != []


def test_each_agency_counts_its_own_processes(desk: Desk) -> None:
    ours = desk.referred()["number"]
    tell(desk.house, "reconciliation", make_referral(), agency="lansing-mi")

    assert int(desk.referred()["number"].split("-")[1]) == int(ours.split("-")[1]) + 1
