from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accord.importing.mapping import Day, read_mapping
from accord.importing.words import ImportRefusedError
from shared.events.complaints import Channel, Finding, Precision
from shared.policy import Policy
from tests.accord.make import as_toml, make_mapping, mapping

SHIPPED = Path("accord/mappings")


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_mappings_fit_the_packs_of_their_agencies(path: Path) -> None:
    plan = read_mapping(path)

    plan.refuse_unknown_categories(Policy.read().agencies[plan.agency], path)


def test_lansing_reads_the_words_of_its_table() -> None:
    plan = read_mapping(SHIPPED / "lansing.toml")

    assert plan.received.read("2018-01-27 12:00:00") == plan.incident.read("2018-01-27 12:00:00") == date(2018, 1, 27)  # type: ignore[union-attr]
    assert plan.allegation.read("Arrest; Search; and Seizure") == "arrest-search-seizure"
    assert plan.allegation.read("Courtesy; Unbecoming Conduct; Arrest Search and Seizure") == "arrest-search-seizure"
    assert plan.allegation.read("Abuse of Process; Violation of Rules  ") == "abuse-of-authority"
    assert plan.allegation.read("") == "unspecified"
    assert plan.finding.read("Informational Only") is Finding.ADMINISTRATIVELY_CLOSED
    assert plan.finding.read("Partially Sustained") is Finding.PARTIALLY_SUSTAINED
    assert plan.channel is Channel.NOT_RECORDED


def test_south_bend_reads_the_words_of_its_table() -> None:
    plan = read_mapping(SHIPPED / "south-bend.toml")

    assert (plan.received.read("2016"), plan.received.precision) == (date(2016, 1, 1), Precision.YEAR)
    assert plan.allegation.read("Prop/Evidence") == "property"
    assert plan.allegation.read("Reporting/Courtesy") == "reporting"
    assert plan.finding.read("PENDING") is plan.finding.read("Pending") is None
    assert plan.finding.read("Policy/Training") is Finding.POLICY_FAILURE


@pytest.mark.parametrize("cell", ["RUDE", "  rude ", "Rude;", "rude;\u00a0arrogant", "rude; rude"])
def test_words_are_compared_without_case_and_spacing(cell: str) -> None:
    assert mapping().allegation.read(cell) == "discourtesy"


def test_the_gravest_or_the_first_of_several_is_taken_as_the_mapping_says() -> None:
    gravest = mapping().allegation
    first = gravest.model_copy(update={"takes": "first"})

    assert gravest.read("Rude; Force") == "force"
    assert first.read("Rude; Force") == "discourtesy"


@pytest.mark.parametrize(
    ("precision", "kept"), [("day", date(2019, 3, 17)), ("month", date(2019, 3, 1)), ("year", date(2019, 1, 1))]
)
def test_a_date_is_kept_as_exactly_as_it_is_known(precision: str, kept: date) -> None:
    day = Day.model_validate({"column": "Received", "formats": ["%Y-%m-%d"], "precision": precision})

    assert day.read(" 2019-03-17 ") == kept


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"agency": ...}, "The field 'agency' is missing."),
        ({"colour": "blue"}, "The field 'colour' is not known here; leave it out."),
        ({"received": {"column": "Received", "formats": []}}, "received.formats: List should have at least 1 item"),
        ({"received": {"column": "Received", "formats": ["%Q"]}}, "received.formats.0: '%Q' reads no date"),
        ({"received": {"column": "Received", "formats": ["%m/%d"]}}, "received.formats.0: '%m/%d' reads no year"),
        (
            {"received": {"column": "Received", "formats": ["%Y"]}},
            "received: '%Y' does not read the day, which is the precision",
        ),
        (
            {"closed": {"column": "Closed", "formats": ["%Y"], "precision": "year"}},
            "closed: a record keeps this date to the day or not at all; leave it out",
        ),
        (
            {"finding": {"column": "Result", "words": {"Yes": "guilty"}}},
            "finding.words.Yes: Input should be 'sustained',",
        ),
        (
            {"finding": {"column": "Result", "words": {"Open": "pending", " OPEN": "unfounded"}}},
            "finding.words: ' OPEN' is mapped to two things; case and spaces make no difference",
        ),
        (
            {"allegation": {"column": "What", "takes": "gravest", "categories": {"Rude": "discourtesy"}}},
            "allegation: the gravest is to be taken and gravest_first does not rank 'discourtesy'",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_by_file_and_key(tmp_path: Path, over: dict[str, Any], sentence: str) -> None:
    path = tmp_path / "ours.toml"
    said = {key: value for key, value in make_mapping(**over).items() if value is not ...}
    path.write_text(as_toml(said))

    with pytest.raises(ImportRefusedError) as refused:
        read_mapping(path)
    assert str(refused.value).startswith(f"{path}: {sentence}")


def test_a_category_outside_the_taxonomy_is_refused(tmp_path: Path) -> None:
    plan = mapping(allegation={"column": "What", "categories": {"Rude": "rudeness"}})

    with pytest.raises(ImportRefusedError, match="'rude' is mapped to 'rudeness', which the taxonomy of rivertown"):
        plan.refuse_unknown_categories(Policy.read().agencies["rivertown"], tmp_path / "ours.toml")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read: No such file"), (b"a = ", "is not TOML"), (b"\xff", "is not TOML")],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "ours.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ImportRefusedError, match=sentence):
        read_mapping(path)
