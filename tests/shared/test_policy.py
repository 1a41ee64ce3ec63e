"""The rules of an agency are read when a process starts; rules that do not hold up are refused with file and key."""

import shutil
from pathlib import Path

import pytest

from shared.policy import SHIPPED, Policy, WrongPackError
from tests.accord.desk import tell

RIVERTOWN = "agencies/rivertown.toml"
CCRB = "taxonomies/new-york-ccrb.toml"
CHANDLER = "awards/chandler.toml"
IAPP = "limits/new-jersey-iapp.toml"
SOUTH_BEND = "matrices/south-bend-2020.toml"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """Return a folder with the shipped packs, to be changed."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "packs"))


def change(packs: Path, file: str, before: str, after: str) -> None:
    text = (packs / file).read_text(encoding="utf-8")
    assert before in text
    (packs / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_shipped_packs_hold_up_and_say_where_they_come_from() -> None:
    policy = Policy.read()

    assert set(policy.agencies) == {"rivertown", "lansing-mi", "south-bend-in"}
    for code, rules in policy.agencies.items():
        assert rules.code == code
        assert set(rules.matrices) == set(rules.agency.matrices)
        for pack in (rules.agency, rules.taxonomy, rules.awards, *rules.matrices.values()):
            assert pack.source


def test_the_packs_of_an_operator_replace_the_shipped_ones(packs: Path) -> None:
    for agency in ("lansing-mi", "south-bend-in"):
        (packs / "agencies" / f"{agency}.toml").unlink()
    change(packs, RIVERTOWN, "America/New_York", "America/Boise")

    policy = Policy.read(packs)

    assert list(policy.agencies) == ["rivertown"]
    assert policy.agencies["rivertown"].agency.timezone == "America/Boise"


WRONG = {
    "an unknown key": (
        RIVERTOWN,
        "timezone =",
        'mayor = "Quimby"\ntimezone =',
        "mayor: Extra inputs are not permitted",
    ),
    "a missing key": (RIVERTOWN, 'timezone = "America/New_York"\n', "", "timezone: Field required"),
    "a wrong type": (
        RIVERTOWN,
        "verified = false",
        'verified = "perhaps"',
        "verified: Input should be a valid boolean",
    ),
    "no source": (RIVERTOWN, 'source = "an', 'source = ""\n# "', "source: String should have at least 1 character"),
    "an unknown language": (RIVERTOWN, '"es"', '"tlh"', "languages.1: Input should be 'en' or 'es'"),
    "an unknown time zone": (
        RIVERTOWN,
        "America/New_York",
        "America/Springfield",
        "timezone: 'America/Springfield' is no time zone of the tz database",
    ),
    "a time zone that is a path": (
        RIVERTOWN,
        "America/New_York",
        "../etc/passwd",
        "timezone: '../etc/passwd' is no time zone of the tz database",
    ),
    "no TOML": (RIVERTOWN, "verified = false", "verified =", " is not TOML: "),
    "a taxonomy that is not there": (
        RIVERTOWN,
        '"new-york-ccrb"',
        '"springfield"',
        "taxonomy: there is no pack 'springfield' (there is: new-york-ccrb)",
    ),
    "a matrix that is not there": (
        RIVERTOWN,
        '["south-bend-2020"]',
        '["south-bend-2020", "springfield"]',
        "matrices: there is no pack 'springfield' (there is: south-bend-2020)",
    ),
    "awards that are not there": (
        RIVERTOWN,
        '"chandler"',
        '"springfield"',
        "awards: there is no pack 'springfield' (there is: chandler)",
    ),
    "a category without English words": (
        CCRB,
        'en = "unnecessary force", ',
        "",
        "categories: the category 'force' has no English words ('en')",
    ),
    "a category in an unknown language": (CCRB, "es =", "tlh =", "categories.force.tlh.[key]: "),
    "a board without members": (
        CHANDLER,
        "board_members = ",
        "board_members = 0 # ",
        "board_members: Input should be greater than 0",
    ),
    "limits that are not there": (
        RIVERTOWN,
        '"decree-180"',
        '"springfield"',
        "limits: there is no pack 'springfield' (there is: decree-180, decree-90, louisiana, maryland, ",
    ),
    "one limit in two packs": (
        RIVERTOWN,
        '"decree-180"',
        '"decree-90"',
        "limits: 'investigation' stands twice, also in 'decree-90'",
    ),
    "holidays of nowhere": (
        RIVERTOWN,
        'subdivision = "NJ"',
        'subdivision = "XX"',
        "working_days: the public holidays of 'US-XX' are not known",
    ),
    "a warning before the limit begins": (
        IAPP,
        "warn = [2]",
        "warn = [2, 7]",
        "limits.acknowledgement: a warning 7 days ahead is not within a limit of 7 days",
    ),
    "a ground that the pack does not have": (
        IAPP,
        'grounds = ["criminal-matter"]',
        'grounds = ["bad-weather"]',
        "'investigation' stops for 'bad-weather'; there is criminal-matter",
    ),
    "a limit that begins with nothing": (
        IAPP,
        'begins = "received"',
        'begins = "full moon"',
        "limits.acknowledgement.begins: Input should be 'received', ",
    ),
    "a day that is none": (SOUTH_BEND, "effective = ", "effective = 2020-02-30 # ", " is not TOML: "),
}


@pytest.mark.parametrize(("file", "before", "after", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_pack_is_refused_by_file_and_key(packs: Path, file: str, before: str, after: str, words: str) -> None:
    change(packs, file, before, after)

    with pytest.raises(WrongPackError) as refused:
        Policy.read(packs)

    sentence = str(refused.value)
    assert sentence.startswith(f"{packs / file}{words if words.startswith(' ') else f': {words}'}")


def test_a_rule_that_the_whole_pack_breaks_is_told_without_a_key(packs: Path) -> None:
    change(packs, SOUTH_BEND, "[violations]", '[violations]\nsorcery = "none"')

    with pytest.raises(WrongPackError) as refused:
        Policy.read(packs)

    assert str(refused.value).startswith(f"{packs / SOUTH_BEND}: 'sorcery' is of the level 'none'; there is ")


def test_a_file_that_is_no_text_is_refused(packs: Path) -> None:
    (packs / CCRB).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(WrongPackError) as refused:
        Policy.read(packs)

    assert str(refused.value).startswith(f"{packs / CCRB} is not TOML: ")


def test_a_folder_without_an_agency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongPackError) as refused:
        Policy.read(tmp_path)

    assert str(refused.value) == f"{tmp_path / 'agencies'} holds no agency; write one there as <code>.toml"


@pytest.mark.parametrize("line", ["serve complaints", "serve gateway", "work discipline"])
def test_a_process_does_not_start_on_wrong_rules(line: str, packs: Path, tmp_path: Path) -> None:
    change(packs, RIVERTOWN, "timezone", "timezones")
    settings = {"ACCORD_POLICY": str(packs), "ACCORD_POSTGRES": "postgresql://accord@127.0.0.1:1"}

    refusal = tell(tmp_path, *line.split(), **settings).refusal()

    assert refusal == f"{packs / RIVERTOWN}: timezone: Field required"
