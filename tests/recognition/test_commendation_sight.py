from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.recognition.models import Ballot, Commendation
from shared.actors import Role
from shared.audit import AuditRow
from shared.occasion import Occasion
from shared.vault import Vault
from tests.recognition.hall import REASON, Hall
from tests.recognition.make import make_civilian_nomination, make_thanks

SENTINEL = "Zephyrine Quillfeather"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AWARD_BOARD, Role.ADJUDICATOR, Role.RECORDS, Role.AUDITOR])
def test_staff_see_the_commendations_of_the_agency(hall: Hall, role: Role) -> None:
    commendation, reader = hall.nominated(), hall.house.person(role)

    assert hall.read(commendation, reader) == (200, commendation)
    assert commendation["id"] in hall.listed(reader)


def test_an_officer_sees_what_they_nominated_and_nothing_of_others(hall: Hall) -> None:
    commendation, stranger = hall.nominated(), hall.house.person(Role.OFFICER)

    assert hall.read(commendation, hall.nominator)[0] == 200
    assert hall.listed(hall.nominator) == {commendation["id"]}
    assert hall.read(commendation, stranger)[0] == 404
    assert hall.listed(stranger) == set()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR])
def test_whoever_is_honoured_learns_of_it_when_it_is_presented(hall: Hall, role: Role) -> None:
    nominee = hall.house.person(role)
    commendation = hall.approved(officer_id=str(nominee.id))
    assert hall.read(commendation, nominee)[0] == 404
    assert commendation["id"] not in hall.listed(nominee)

    hall.step(commendation, "presentation", hall.chief, {"consent_to_publish_name": False})

    assert hall.read(commendation, nominee)[0] == 200
    assert commendation["id"] in hall.listed(nominee)
    hall.step(commendation, "rescission", hall.chief, REASON)
    assert hall.read(commendation, nominee)[0] == 200


def test_a_role_that_has_nothing_to_do_with_awards_is_not_admitted(hall: Hall) -> None:
    assert hall.read(hall.nominated(), hall.house.person(Role.INVESTIGATOR))[0] == 403


def test_every_reading_is_noted(hall: Hall) -> None:
    commendation = hall.nominated()
    hall.read(commendation, hall.supervisor)

    with hall.house.database("recognition") as database, database.transaction(Occasion("test", "rivertown")) as session:
        rows = select(AuditRow).where(AuditRow.case_id == UUID(commendation["id"])).order_by(AuditRow.id)
        deeds = [(row.actor_id, row.deed, row.case_version) for row in session.scalars(rows)]

    assert deeds == [
        (hall.nominator.id, "commendation.nominated.v1", 1),
        (hall.supervisor.id, "read commendation", 1),
    ]


def test_another_agency_sees_nothing(hall: Hall) -> None:
    commendation = hall.submitted()
    hall.step(commendation, "ballots", hall.board[0], {"choice": "yes"})
    abroad = hall.house.person(Role.SUPERVISOR, agencies=("lansing-mi",))

    assert hall.read(commendation, abroad, agency="lansing-mi")[0] == 404
    assert hall.read(commendation, abroad)[0] == 403
    kept = {agency: kept_for(hall, commendation["id"], agency) for agency in ("rivertown", "lansing-mi", "")}
    assert kept == {"rivertown": (1, 1), "lansing-mi": (0, 0), "": (0, 0)}


def kept_for(hall: Hall, commendation_id: str, agency: str) -> tuple[int, int]:
    """Return how many of the commendation's rows the database shows to an agency."""
    with hall.house.database("recognition") as database, database.transaction(Occasion("test", agency)) as session:
        cases = session.scalars(select(Commendation.id).where(Commendation.id == UUID(commendation_id))).all()
        ballots = session.scalars(select(Ballot.id).where(Ballot.commendation_id == UUID(commendation_id))).all()
        return len(cases), len(ballots)


def test_no_text_and_no_name_reaches_any_topic(hall: Hall) -> None:
    _, civilian = hall.send("", hall.nominator, make_civilian_nomination(civilian=SENTINEL, statement=SENTINEL))
    sender = {"name": SENTINEL, "contact": SENTINEL}
    _, thanked = hall.send("/thanks", None, make_thanks(statement=SENTINEL, officer=SENTINEL, sender=sender))
    officer = hall.nominated(statement=SENTINEL, incident=SENTINEL, late_because=SENTINEL)
    hall.step(officer, "verification", hall.supervisor, {"because": SENTINEL})
    hall.step(officer, "submission", hall.records)
    hall.step(officer, "ballots", hall.board[0], {"choice": "no", "because": SENTINEL})
    hall.step(civilian, "hold", hall.records, {"because": SENTINEL})
    hall.step(thanked, "denial", hall.supervisor, {"because": SENTINEL})

    with hall.house.database("recognition") as database, database.engine.connect() as connection:
        rows = connection.scalars(text("select outbox::text from outbox")).all()

    for case in (civilian, thanked, officer):
        assert any(case["id"] in row for row in rows)
    assert [row for row in rows if SENTINEL in row] == []


def test_names_lie_sealed_in_the_database_and_open_in_the_vault(hall: Hall) -> None:
    _, civilian = hall.send("", hall.nominator, make_civilian_nomination(civilian=SENTINEL))
    _, thanked = hall.send("/thanks", None, make_thanks(sender={"name": SENTINEL, "contact": SENTINEL}))
    ids = [UUID(civilian["id"]), UUID(thanked["id"])]
    vault = Vault.of(hall.house.settings)

    with hall.house.database("recognition") as database, database.transaction(Occasion("test", "rivertown")) as session:
        rows = session.scalars(text("select c::text from commendation c where id = any(:ids)"), {"ids": ids}).all()
        kept = session.get_one(Commendation, ids[0])
        assert kept.sealed_civilian is not None
        opened = vault.open(session, kept.id, f"commendation.civilian:{kept.id}", kept.sealed_civilian)

    assert opened == SENTINEL
    hidden = (SENTINEL, SENTINEL.encode().hex())
    assert len(rows) == 2
    assert [row for row in rows if any(secret in row for secret in hidden)] == []
