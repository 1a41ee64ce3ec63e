import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft7Validator, FormatChecker, ValidationError  # type: ignore[import-untyped]

from gateway.feed.formats import COLUMNS
from gateway.main import create_gateway
from gateway.statistics.formats import crossed_as_csv
from gateway.statistics.shapes import CrossedOut
from tests.gateway.conftest import OpenGateway
from tests.rooms import House

HERE = Path(__file__).parent / "dcat_us"
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def is_iri(value: object) -> bool:
    return not isinstance(value, str) or IRI.fullmatch(value) is not None


def is_date(value: object) -> bool:
    return not isinstance(value, str) or (bool(date.fromisoformat(value)) and len(value) == len("2026-01-01"))


def is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS = FormatChecker(formats=())
FORMATS.checkers = {"iri": (is_iri, ()), "date": (is_date, ValueError), "date-time": (is_date_time, ValueError)}


def without_ids(schema: Any) -> Any:
    """Return a schema without the ids inside it: they name terms, and would lead its references astray."""
    if isinstance(schema, dict):
        return {name: without_ids(part) for name, part in schema.items() if name != "$id" or isinstance(part, dict)}
    return [without_ids(part) for part in schema] if isinstance(schema, list) else schema


def references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(part) for part in schema.values()))
    return set().union(*(references(part) for part in schema)) if isinstance(schema, list) else set()


def dcat_us() -> Draft7Validator:
    """Return the schema of a catalogue; a part that is not here, or that the standard refers to in vain, is refused."""
    known = {path.stem: without_ids(json.loads(path.read_text(encoding="utf-8"))) for path in HERE.glob("*.json")}
    absent = dict.fromkeys(references([*known.values()]) - known.keys(), False)
    return Draft7Validator(
        {"$ref": "#/definitions/Catalog", "definitions": {**absent, **known}}, format_checker=FORMATS
    )


def test_the_catalogue_says_where_the_house_is_and_not_where_a_caller_says_it_is(open_gateway: OpenGateway) -> None:
    door = open_gateway("", log="records.example.org/log")
    whole = httpx.get(f"{door}/data.json", headers={"Host": "evil.example"})
    assert all(one.startswith("https://records.example.org/") for one in addresses(whole.json()))
    assert "evil" not in whole.text


def test_the_catalogue_is_as_dcat_us_has_it(public: TestClient) -> None:
    answer = public.get("/data.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    whole = answer.json()
    dcat_us().validate(whole)
    names = [dataset["identifier"] for dataset in whole["dataset"]]
    assert ["feed"] in names
    assert ["statistics/outcomes"] in names


def test_everything_that_the_catalogue_lists_can_be_had(public: TestClient) -> None:
    for dataset in public.get("/data.json").json()["dataset"]:
        for each in (dataset["describedBy"], *dataset["distribution"]):
            answer = public.get(each["downloadURL"])
            assert answer.status_code == 200, each
            assert answer.headers["content-type"].split(";")[0] in {
                each.get("mediaType", "application/json").removeprefix("https://www.iana.org/assignments/media-types/"),
                "application/feed+json",
            }


def addresses(catalogue: Any) -> list[str]:
    datasets = catalogue["dataset"]
    files = [one["downloadURL"] for each in datasets for one in (each["describedBy"], *each["distribution"])]
    return [catalogue["homepage"], *(each["landingPage"] for each in datasets), *files]


def ids(catalogue: Any) -> list[str]:
    return [catalogue["@id"], *(each["@id"] for each in catalogue["dataset"])]


def test_ids_do_not_depend_on_the_name_that_the_caller_gives_the_house(public: TestClient) -> None:
    here, there = (public.get("/data.json", headers={"Host": name}).json() for name in ("one.example", "two.example"))
    assert ids(here) == ids(there)
    assert len({*ids(here)}) == len(ids(here))
    assert all(one.startswith("http://one.example/") for one in addresses(here))
    assert "one.example" not in json.dumps(there)


def test_another_house_has_other_ids(public: TestClient, house: House) -> None:
    settings = house.settings.model_copy(update={"log": "other.example/log"})
    with TestClient(create_gateway(settings)) as client:
        assert not {*ids(client.get("/data.json").json())} & {*ids(public.get("/data.json").json())}


def test_no_address_of_the_feed_depends_on_the_name_that_the_caller_gives_the_house(public: TestClient) -> None:
    for path in ("/feed.json", "/feed.atom", "/feed.csv", "/statistics.json", "/statistics/releases.json", "/"):
        answer = public.get(path, headers={"Host": "elsewhere.example"})
        assert (answer.status_code, "elsewhere" in answer.text) == (200, False), path


def test_the_dictionary_explains_the_columns_that_the_files_have(public: TestClient) -> None:
    explained = public.get("/statistics/dictionary.json").json()
    assert [one["name"] for one in explained["feed"]["columns"]] == [*COLUMNS]
    assert [one["name"] for one in explained["crossed"]["columns"]] == crossed_as_csv(
        CrossedOut(year=2026, attribute="race", rows=[])
    ).strip().split(",")
    for table in explained["tables"]:
        head = public.get(f"/statistics/{table['name']}.csv").text.split("\r\n")[0]
        assert [one["name"] for one in table["columns"]] == head.split(",")


@pytest.mark.parametrize(
    ("place", "wrong"),
    [("publisher", {"@type": "Agent"}), ("dataset", [{"title": "Untold"}]), ("homepage", 7), ("title", None)],
)
def test_a_catalogue_that_is_not_right_is_found(public: TestClient, place: str, wrong: object) -> None:
    with pytest.raises(ValidationError):
        dcat_us().validate({**public.get("/data.json").json(), place: wrong})
