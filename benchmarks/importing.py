"""Bringing in legacy records through a running stack, against PostgreSQL taking the same rows with COPY."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg

from accord.importing.rows import Record
from accord.importing.send import Answer, Sender
from benchmarks.house import AGENCIES, Installation, Run, installation
from benchmarks.measure import CannotMeasureError, interleaved
from benchmarks.relaying import rates
from benchmarks.report import Findings
from services.complaints.shapes.legacy import LegacyAllegationIn, LegacyIn
from shared.actors import Role
from shared.events.complaints import Finding

ROWS = 6_000
EACH = 2
"""Rows, and so allegations, of one record."""
AIM = 1_000
FIRST_DAY = date(2012, 1, 1)
NOTES = f"""### Importing

{ROWS:,} rows, {EACH} to a record, with the days of receipt, investigation and closing, as `accord import` sends them
through the gateway to one server of complaints: each record with its number, its time limits, its event for three
audiences and its audit row. The baseline is one COPY into the table of complaints and one into that of allegations
with the same rows, and nothing else.
"""
COMPLAINT = """
copy complaint (id, agency, version, public_ref, opened_at, updated_at, number, state, channel, language, narrative,
                received_on, precision, outcome, legacy_id, closed_on, moved_at) from stdin
"""
ALLEGATION = """
copy allegation (id, complaint_id, agency, position, category, severity, finding, received_on, opened_at) from stdin
"""


def run(run: Run) -> Findings:
    """Measure importing."""
    rows = run.sized(ROWS, 200)
    with installation(run) as here:
        contestants = {"bare": partial(bare, here, rows)}
        for code in run.codes:
            here.serve("complaints", code)
            here.serve("gateway", code)
            contestants[code] = partial(imported, here, code, rows)
        interleaved(contestants, 1)  # warm
        found = interleaved(contestants, run.few_rounds)
    lines = (rates("importing legacy rows, against COPY", found, "ours", "bare", AIM),)
    before = (rates("importing legacy rows", found, "ours", "before"),) if run.before else ()
    return Findings(lines, NOTES, before)


def records(rows: int) -> list[LegacyIn]:
    """Return records that were never entered."""
    return [
        LegacyIn(
            legacy_id=f"{uuid4()}",
            received_on=(received_on := FIRST_DAY + timedelta(days=number % 4_000)),
            closed_on=received_on + timedelta(days=number % 300),
            place="Ferry St / 2nd Ave",
            allegations=[
                LegacyAllegationIn(category=category, finding=Finding.UNFOUNDED)
                for category in ("force", "discourtesy")
            ],
        )
        for number in range(rows // EACH)
    ]


def imported(here: Installation, code: str, rows: int) -> float:
    """Return how many rows a second are brought in.

    Raises:
        CannotMeasureError: a record was not entered.
    """
    url = f"http://127.0.0.1:{here.serve('gateway', code).port}"
    token = here.token(Role.RECORDS)["Authorization"].removeprefix("Bearer ")
    table = [Record(legacy, (), disagreed=False) for legacy in records(rows)]
    with Sender(url, token, AGENCIES[0], uuid4()) as sender:
        begun = time.perf_counter()
        outcomes = list(sender.send_all(table))
        seconds = time.perf_counter() - begun
    wrong = next((one for one in outcomes if one.answer is not Answer.ENTERED), None)
    if wrong is not None:
        raise CannotMeasureError(f"A record was not entered: {wrong.why or sender.stop.why}")
    return rows / seconds


def bare(here: Installation, rows: int) -> float:
    """Return how many rows a second PostgreSQL copies into its tables."""
    table = [(uuid4(), legacy) for legacy in records(rows)]
    with here.connect("complaints") as connection:
        begun = time.perf_counter()
        with connection.transaction():
            copy(connection, table)
        return rows / (time.perf_counter() - begun)


def copy(connection: psycopg.Connection, table: Sequence[tuple[UUID, LegacyIn]]) -> None:
    """Copy records, with numbers that nobody counts."""
    with connection.cursor() as cursor:
        with cursor.copy(COMPLAINT) as lines:
            for case_id, one in table:
                fixed = ("now", "now", str(case_id), "closed", str(one.channel), "en", "")
                known = (one.received_on, str(one.precision), "unfounded", one.legacy_id, one.closed_on, "now")
                lines.write_row((case_id, AGENCIES[0], 1, str(case_id), *fixed, *known))
        with cursor.copy(ALLEGATION) as lines:
            for case_id, one in table:
                for place, said in enumerate(one.allegations):
                    days = (one.received_on, "now")
                    told = (place, said.category, "medium", str(said.finding))
                    lines.write_row((uuid4(), case_id, AGENCIES[0], *told, *days))
