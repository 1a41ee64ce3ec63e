from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.importing.rows import Reading, read_records
from accord.importing.tables import Row, Table
from services.complaints.shapes.legacy import LegacyAllegationIn
from shared.events.complaints import Channel, Finding, Race, SaidOfThemselves
from tests.accord.make import HEADER, make_row, make_table, mapping

TODAY = date(2026, 11, 23)


def read(*rows: dict[str, str]) -> Reading:
    return read_records(make_table(*rows), mapping(), TODAY)


def reasons(reading: Reading) -> list[tuple[int, str]]:
    return [(aside.row.number, aside.reason) for aside in reading.quarantined]


def test_rows_with_one_id_are_one_complaint_and_each_row_an_allegation() -> None:
    reading = read(make_row(), make_row(Line="2", What="Force", Result="Sustained"), make_row(Line="3", Case="A-2"))

    assert [record.legacy.legacy_id for record in reading.records] == ["A-1", "A-2"]
    legacy = reading.records[0].legacy
    assert legacy.allegations == [
        LegacyAllegationIn(category="discourtesy", finding=Finding.UNFOUNDED),
        LegacyAllegationIn(category="force", finding=Finding.SUSTAINED),
    ]
    assert (legacy.received_on, legacy.place, legacy.channel) == (
        date(2019, 3, 2),
        "Ferry St / 2nd Ave",
        Channel.NOT_RECORDED,
    )
    assert reading.findings() == {Finding.UNFOUNDED: 2, Finding.SUSTAINED: 1}
    assert reading.quarantined == ()


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"Case": "  "}, "Case: the record has no id."),
        ({"Kind": "Staff"}, "Kind: 'Staff' is not 'Citizen', and the mapping takes nothing else."),
        ({"What": "Rude; Arson"}, "What: 'arson' is not mapped to a category; add it to the mapping."),
        ({"Result": "Maybe"}, "Result: 'Maybe' is not mapped to a finding; add it to the mapping."),
        ({"Result": ""}, "Result: '' is not mapped to a finding; add it to the mapping."),
        ({"Received": ""}, "Received: the cell is blank, and a record needs the date it was received."),
        ({"Received": "02/30/2019"}, "Received: '02/30/2019' is no date of the form %m/%d/%Y or %Y-%m-%d."),
        ({"Received": "01/01/1066"}, "received_on is 1066-01-01, which is before 1900-01-01 or still to come."),
        ({"Received": "11/24/2026"}, "received_on is 2026-11-24, which is before 1900-01-01 or still to come."),
        (
            {"Closed": "03/01/2019"},
            "The record was closed on 2019-03-01, before it was received on 2019-03-02.",
        ),
        ({"Closed": "03/03/2019", "Result": "Open"}, "The record is closed and has no finding."),
        ({"Where": "x" * 201}, "place: String should have at most 200 characters."),
        ({"Where": "a\0b"}, "place: the control character U+0000 cannot be stored; remove it."),
    ],
)
def test_a_row_that_does_not_hold_up_is_set_aside_with_the_reason(over: dict[str, str], reason: str) -> None:
    reading = read(make_row(Case="A-2", Line="0"), make_row(**over))

    assert reasons(reading) == [(3, reason)]
    assert [record.legacy.legacy_id for record in reading.records] == ["A-2"]


def test_a_row_with_too_few_cells_takes_its_complaint_along() -> None:
    whole = make_table(make_row())
    table = Table(HEADER, (*whole.rows, Row(3, ("A-1", "2"))))

    assert reasons(read_records(table, mapping(), TODAY)) == [
        (2, "Row 3 of the same complaint does not hold up; it is entered whole or not at all."),
        (3, "The row has 2 cells and the header 8."),
    ]


def test_a_complaint_is_entered_whole_or_not_at_all() -> None:
    reading = read(make_row(), make_row(Line="2", Result="Maybe"), make_row(Line="3"))

    sibling = "Row 3 of the same complaint does not hold up; it is entered whole or not at all."
    assert reasons(reading) == [
        (2, sibling),
        (3, "Result: 'Maybe' is not mapped to a finding; add it to the mapping."),
        (4, sibling),
    ]
    assert reading.records == ()


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"Received": "03/05/2019"}, "The rows of A-1 disagree about received_on: 2019-03-02 and 2019-03-05."),
        ({"Closed": "03/05/2019"}, "The rows of A-1 disagree about closed_on: None and 2019-03-05."),
        ({"Where": "Elm St"}, "The rows of A-1 disagree about place: 'Ferry St / 2nd Ave' and 'Elm St'."),
        (
            {"Result": "Open"},
            "Some allegations have a finding and some are pending; enter the record once it is decided.",
        ),
    ],
)
def test_rows_of_one_complaint_that_contradict_each_other_are_set_aside(over: dict[str, str], reason: str) -> None:
    reading = read(make_row(), make_row(Line="2", **over))

    assert reasons(reading) == [(2, reason), (3, reason)]


def test_the_earliest_row_is_believed_where_the_mapping_says_so() -> None:
    plan = mapping(if_rows_disagree="earliest")
    rows = [
        make_row(Received="03/05/2019", Where="Elm St"),
        make_row(Line="2", Received="03/04/2019", Where="Ash St", What="Force"),
        make_row(Line="3", Received="03/06/2019", Where=""),
    ]

    read = [read_records(make_table(*order), plan, TODAY).records for order in permutations(rows)]
    assert {(records[0].legacy.received_on, records[0].legacy.place) for records in read} == {
        (date(2019, 3, 4), "Ash St")
    }
    assert all(records[0].disagreed for records in read)
    assert len({records[0].legacy.model_dump_json() for records in read}) == 1


OF_THEMSELVES = {"race": {"column": "Where", "words": {"White": "white", "Asian": "asian", "": "not said"}}}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["White "], "white"),
        (["asian", "Asian"], "asian"),
        (["White", "Asian"], None),
        (["White", ""], None),
        ([""], None),
    ],
)
def test_what_people_say_of_themselves_is_taken_where_all_rows_say_it(cells: list[str], said: str | None) -> None:
    plan = mapping(place=None, of_themselves=OF_THEMSELVES)
    rows = [make_row(Line=str(line), Where=cell) for line, cell in enumerate(cells)]

    (record,) = read_records(make_table(*rows), plan, TODAY).records
    assert record.legacy.of_themselves == (SaidOfThemselves(race=Race(said)) if said else None)


def test_what_people_say_of_themselves_is_not_guessed() -> None:
    reading = read_records(make_table(make_row()), mapping(place=None, of_themselves=OF_THEMSELVES), TODAY)

    assert reasons(reading) == [(2, "Where: 'Ferry St / 2nd Ave' is not mapped; add it to the mapping.")]


def test_a_repeated_row_is_set_aside() -> None:
    by_id = read(make_row(), make_row(Case="A-2"))
    assert reasons(by_id) == [(3, "The row has the Line '1' of row 2; remove the one that is not meant.")]

    by_content = read_records(make_table(make_row(), make_row()), mapping(row_id=None), TODAY)
    assert reasons(by_content)[1] == (3, "The row repeats row 2; remove the one that is not meant.")
    assert by_content.records == ()


CELLS = {
    "Case": ["A-1", "A-2", "A-3", "A-4 ", ""],
    "Line": ["", "1", "2", "3", "4", "5"],
    "Received": ["03/02/2019", "2019-03-02", "03/03/2019", "yesterday", ""],
    "Closed": ["", "", "04/01/2019", "01/01/2019"],
    "Where": ["", "Elm St", "\x00"],
    "Kind": ["Citizen", "citizen ", "Staff"],
    "What": ["Force", "rude", "Rude; Force", "", "; ;", "Arson"],
    "Result": ["Sustained", "UNFOUNDED", "noted", "Open", "?"],
}
ANY_ROW = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()})
GOOD_ROW = st.fixed_dictionaries(
    {
        "Case": st.text("ABC", min_size=1, max_size=2),
        "What": st.sampled_from(["Force", " rude", "Rude; Force", ""]),
        "Result": st.sampled_from(["Sustained", "UNFOUNDED", "noted"]),
    }
)


@given(st.lists(ANY_ROW, max_size=12))
def test_every_row_ends_in_a_record_or_in_the_quarantine(rows: list[dict[str, str]]) -> None:
    reading = read(*rows)

    ended = [row.number for record in reading.records for row in record.rows]
    ended += [aside.row.number for aside in reading.quarantined]
    assert sorted(ended) == list(range(2, len(rows) + 2))
    assert reading.findings().total() + len(reading.quarantined) == len(rows)


@given(st.lists(GOOD_ROW, max_size=12))
def test_every_valid_row_is_one_finding(rows: list[dict[str, str]]) -> None:
    reading = read(*(make_row(**row, Line=str(line)) for line, row in enumerate(rows)))

    assert reading.quarantined == ()
    assert len(reading.records) == len({row["Case"] for row in rows})
    for finding, word in ((Finding.SUSTAINED, "Sustained"), (Finding.UNFOUNDED, "UNFOUNDED")):
        assert reading.findings()[finding] == sum(row["Result"] == word for row in rows)
