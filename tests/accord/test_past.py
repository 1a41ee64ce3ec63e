"""A table's days, officers and reasons come in with it, and what contradicts itself is set aside."""

import csv
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from accord.importing import send
from accord.importing.rows import Reading, read_records
from accord.importing.tables import Row, Table
from shared.policy.limits import Milestone
from tests.accord.conftest import Desk
from tests.accord.make import HEADER, make_mapping, make_row, mapping
from tests.accord.test_import import lines

MORE = ("Badge", "Sent in", "Found", "Why")
TODAY = date(2026, 11, 23)
OFFICER = UUID("7c1f6a0e-93a4-4a5e-8f6d-0a4ab1a6a001")
DAYS = {"formats": ["%m/%d/%Y"]}


def make_past(**over: Any) -> dict[str, Any]:
    """Return a mapping that reads the officer, the steps and the reasons too."""
    return {
        "officer": {"column": "Badge", "ids": {"B 17": str(OFFICER)}},
        "history": {"investigated": {"column": "Sent in", **DAYS}},
        "finding": {**make_mapping()["finding"], "because": "Why", "found": {"column": "Found", **DAYS}},
        **over,
    }


def read(*rows: dict[str, str], **over: Any) -> Reading:
    header = (*HEADER, *MORE)
    blank = dict.fromkeys(MORE, "")
    said = [tuple({**blank, **make_row(), **row}[name] for name in header) for row in rows]
    table = Table(header, tuple(Row(number, cells) for number, cells in enumerate(said, start=2)))
    return read_records(table, mapping(**make_past(**over)), TODAY)


def reasons(reading: Reading) -> list[str]:
    return [aside.reason for aside in reading.quarantined]


def test_officers_steps_and_reasons_are_read() -> None:
    reading = read({"Badge": "b  17", "Sent in": "04/01/2019", "Found": "04/20/2019", "Why": "He  was elsewhere."})

    (record,) = reading.records
    (allegation,) = record.legacy.allegations
    assert (allegation.officer_id, allegation.found_on) == (OFFICER, date(2019, 4, 20))
    assert allegation.because == "He was elsewhere."
    assert record.legacy.history == {Milestone.INVESTIGATED: date(2019, 4, 1)}


def test_a_blank_says_nothing_and_without_a_list_of_ids_the_cell_is_one() -> None:
    blank = read({})
    given = read({"Badge": str(OFFICER)}, officer={"column": "Badge"})

    assert (blank.records[0].legacy.allegations[0].officer_id, blank.records[0].legacy.history) == (None, None)
    assert given.records[0].legacy.allegations[0].officer_id == OFFICER


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"Badge": "B 18"}, "Badge: 'B 18' is no officer's id and not mapped to one."),
        ({"Sent in": "soon"}, "Sent in: 'soon' is no date of the form %m/%d/%Y."),
        (
            {"Sent in": "03/01/2019"},
            "The record was investigated on 2019-03-01, which is before it was received on 2019-03-02.",
        ),
        (
            {"Found": "11/24/2026"},
            "discourtesy was found to be unfounded on 2026-11-24, which is still to come.",
        ),
        (
            {"Found": "04/01/2019", "Sent in": "04/02/2019"},
            "The record was decided on 2019-04-01, before it was investigated on 2019-04-02.",
        ),
        (
            {"Found": "04/02/2019", "Closed": "04/01/2019"},
            "The record was closed on 2019-04-01, before it was decided on 2019-04-02.",
        ),
    ],
)
def test_a_past_that_contradicts_itself_is_set_aside(over: dict[str, str], reason: str) -> None:
    reading = read(over)

    assert (reasons(reading), reading.records) == ([reason], ())


def test_rows_of_one_complaint_agree_about_its_steps() -> None:
    reading = read({"Sent in": "04/01/2019"}, {"Line": "2", "Sent in": "04/02/2019"})

    assert reasons(reading) == ["The rows of A-1 disagree about investigated: 2019-04-01 and 2019-04-02."] * 2


def test_a_dry_run_gives_the_same_report(desk: Desk, case: str) -> None:
    rows = [
        make_row(Case=f"{case}1", Closed="08/12/2019"),
        make_row(Case=f"{case}2", Line="2", Closed="01/01/2019"),
        make_row(Case=f"{case}3", Line="3", Result="Open"),
    ]
    desk.table(*rows)

    dry = desk.imports("--dry-run")
    aside = desk.quarantine()
    real = desk.imports()

    assert (dry.exit_code, real.exit_code) == (3, 3)
    assert desk.quarantine() == aside
    report, really = lines(dry.stdout.replace(" rows", "")), lines(real.stdout.replace(" rows", ""))
    assert {**report, "entered": "2"} == really
    assert (report["time limits not kept"], report["investigation"], report["whole"]) == ("6", "2", "1")


def test_a_record_closed_before_it_was_received_comes_in_once_it_is_corrected(desk: Desk, case: str) -> None:
    desk.table(make_row(Case=f"{case}1"), make_row(Case=f"{case}2", Line="2", Closed="01/01/2019"))
    desk.imports()
    (aside,) = csv.DictReader(desk.quarantine().splitlines())
    assert aside["quarantine_reason"] == ("The record was closed on 2019-01-01, before it was received on 2019-03-02.")

    (desk.folder / "corrected.csv").write_text(desk.quarantine().replace("01/01/2019", "05/01/2019"))
    done = desk.imports(file="corrected.csv")

    assert (done.exit_code, lines(done.stdout)["entered"]) == (0, "1")
    assert [event["days_open"] for event in desk.told(case)] == [None, 60]


def test_records_go_in_several_requests_and_each_outcome_belongs_to_its_row(
    desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "BATCH_RECORDS", 3)
    rows = [make_row(Case=f"{case}{number:02}", Line=str(number)) for number in range(10)]
    desk.table(rows[4])
    desk.imports()

    desk.table(*rows[:4], {**rows[4], "Result": "Sustained"}, *rows[5:])
    done = desk.imports()

    assert (done.exit_code, lines(done.stdout)["entered"]) == (3, "9")
    (aside,) = csv.DictReader(desk.quarantine().splitlines())
    assert (aside["Case"], aside["quarantine_row"]) == (f"{case}04", "6")


def test_a_batch_that_is_refused_as_a_whole_is_sent_record_by_record(
    desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.table(*(make_row(Case=f"{case}{number}", Line=str(number)) for number in range(3)))
    sent = send.as_sent
    monkeypatch.setattr(
        send, "as_sent", lambda record: {**sent(record), **({"x": 1} if record.legacy.legacy_id.endswith("1") else {})}
    )

    done = desk.imports()

    assert (done.exit_code, lines(done.stdout)["entered"]) == (3, "2")
    (aside,) = csv.DictReader(desk.quarantine().splitlines())
    refused = "The server refused it: The field 'records.0.x' is not known here; leave it out."
    assert (aside["Case"], aside["quarantine_reason"]) == (f"{case}1", refused)


def test_the_mapping_names_every_column_it_reads() -> None:
    columns = list(mapping(**make_past()).columns())

    assert set(MORE) < set(columns)
    assert len(columns) == len(set(columns))


def test_batches_are_no_larger_than_one_request_takes() -> None:
    reading = read(*({"Case": f"{uuid4()}", "Line": str(number), "Why": "x" * 9_000} for number in range(60)))

    sizes = [len(batch) for batch in send.batches(reading.records)]

    assert sum(sizes) == 60
    assert max(sizes) * 9_000 < send.BATCH_BYTES
