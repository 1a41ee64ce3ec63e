"""One document for programs and pages for people say what can be asked, and both hold together."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from schemathesis.specs.openapi.definitions import OPENAPI_31

from accord.rooms import SERVICES
from accord.serving import application
from gateway.reference.examples import example
from gateway.reference.merging import merge
from gateway.reference.pages import _group, _index
from shared.settings import Settings
from tests.gateway.conftest import OpenGateway
from tests.gateway.servers import DOCUMENT, documented, mirror, serving

DOCUMENTS = {name: application(name, Settings()).openapi() for name in SERVICES}
OWN = application("gateway", Settings()).openapi()


@pytest.fixture(scope="module")
def merged() -> dict[str, Any]:
    """Return the document of a whole installation."""
    return merge(OWN, DOCUMENTS)


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        inside = set().union(*map(references, part.values()))
        return inside | ({part["$ref"]} if isinstance(part.get("$ref"), str) else set())
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def operations(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {(path, method): one for path, item in document["paths"].items() for method, one in item.items()}


def test_the_document_is_openapi(merged: dict[str, Any]) -> None:
    assert merged["openapi"].startswith("3.1")
    assert [error.message for error in Draft202012Validator(OPENAPI_31).iter_errors(merged)] == []
    for name, schema in merged["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema), name


def test_every_reference_in_it_leads_somewhere_and_every_operation_has_a_name_of_its_own(
    merged: dict[str, Any],
) -> None:
    kinds = merged["components"]
    there = {f"#/components/{kind}/{name}" for kind, found in kinds.items() for name in found}
    assert references(merged) - there == set()
    names = [one["operationId"] for one in operations(merged).values()]
    assert len(names) == len(set(names))
    assert list(kinds["securitySchemes"]) == ["token"]


def test_it_holds_what_the_gateway_and_the_services_document_and_nothing_of_their_inside(
    merged: dict[str, Any],
) -> None:
    passed = {
        key
        for document in DOCUMENTS.values()
        for key in operations(document)
        if key[0].startswith("/agencies/{agency}/")
    }
    assert set(operations(merged)) == passed | set(operations(OWN))
    assert {path for path in merged["paths"] if path.startswith("/health")} == {"/health/live", "/health/ready"}


def test_a_shape_means_what_its_service_means_by_it() -> None:
    def service(kind: str, title: str) -> dict[str, Any]:
        schema = {"schema": {"$ref": "#/components/schemas/One"}}
        answer = {"200": {"description": "", "content": {"application/json": schema}}}
        return {
            "paths": {f"/agencies/{{agency}}/{title}": {"get": {"operationId": title, "responses": answer}}},
            "components": {"schemas": {"One": {"type": kind}}},
        }

    both = merge(OWN, {"a": service("string", "a"), "b": service("integer", "b")})

    def of(path: str) -> Any:
        answer = both["paths"][path]["get"]["responses"]["200"]
        name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        return both["components"]["schemas"][name]

    assert (of("/agencies/{agency}/a"), of("/agencies/{agency}/b")) == ({"type": "string"}, {"type": "integer"})


def test_the_first_to_document_an_address_keeps_it_and_the_gateway_goes_first() -> None:
    theirs = {"/agencies/{agency}/feed.json": {"get": {"operationId": "theirs", "responses": {}}}}
    both = merge(OWN, {"a": {"paths": theirs}})
    assert both["paths"]["/agencies/{agency}/feed.json"]["get"]["operationId"] != "theirs"


def test_whatever_is_asked_may_be_asked_too_often_or_of_a_service_that_is_away(merged: dict[str, Any]) -> None:
    for (path, method), one in operations(merged).items():
        assert "429" in one["responses"], path
        assert ({"502", "503", "504"} <= set(one["responses"])) == ((path, method) not in operations(OWN)), path


def test_every_example_is_what_its_schema_asks_for(merged: dict[str, Any]) -> None:
    schemas = merged["components"]["schemas"]
    wrong = {
        name: [error.message for error in found]
        for name, schema in schemas.items()
        if (
            found := list(
                Draft202012Validator({**schema, "components": merged["components"]}).iter_errors(
                    example(schema, schemas)
                )
            )
        )
    }
    assert wrong == {}


class Links(HTMLParser):
    """What a page links to, the places that it has, and the elements that it must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.places: list[str] = []
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        said = dict(attrs)
        self.targets |= {said["href"] or ""} if "href" in said else set()
        self.places += [said["id"] or ""] if "id" in said else []
        outside = any("//" in (value or "") for name, value in attrs if name in ("href", "src"))
        if tag == "script" or "style" in said or any(name.startswith("on") for name in said) or outside:
            self.foreign.append(tag)


def read(page: str) -> Links:
    links = Links()
    links.feed(page)
    return links


def test_every_link_of_the_pages_leads_to_a_place_and_nothing_comes_from_outside(merged: dict[str, Any]) -> None:
    pages = {f"/api/{tag['name']}": read(_group(merged, tag["name"])) for tag in merged["tags"]}
    pages["/api"] = read(_index(merged, ()))
    known = {"/", "/openapi.json", "/static/reference.css", *pages}
    places = {f"{address}#{place}" for address, page in pages.items() for place in page.places}
    for address, page in pages.items():
        targets = {f"{address}{target}" if target.startswith("#") else target for target in page.targets}
        assert targets - known - places == set()
        assert (page.foreign, len(page.places)) == ([], len(set(page.places)))
    shown = {target for target in pages["/api"].targets if "#" in target and target != "#content"}
    assert len(shown) == len(operations(merged))


def test_what_a_service_writes_is_shown_as_text() -> None:
    document = json.loads(
        json.dumps(DOCUMENT).replace(
            '"get": {}', '"get": {"tags": ["<i>x</i>"], "description": "<script>1</script> `<b>`"}'
        )
    )
    page = _index(merge(OWN, {"a": document}), ())
    assert "&lt;script&gt;1" in page
    assert not re.search("<script|<i>|<b>", page)


def test_a_running_gateway_documents_itself_and_its_services(open_gateway: OpenGateway) -> None:
    with serving(documented(mirror, {**DOCUMENTS["complaints"]})) as address:
        door = open_gateway(address)
        answer = httpx.get(f"{door}/openapi.json")
        assert answer.headers["content-type"] == "application/json"
        assert "/agencies/{agency}/complaints" in answer.json()["paths"]
        again = httpx.get(f"{door}/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        page = httpx.get(f"{door}/api/complaints")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "script-src" not in page.headers["content-security-policy"]
        assert httpx.get(f"{door}/static/reference.css").headers["content-type"].startswith("text/css")
        assert httpx.get(f"{door}/api/nothing").status_code == 404


def test_without_its_services_the_page_says_who_is_missing(open_gateway: OpenGateway) -> None:
    page = httpx.get(f"{open_gateway('http://127.0.0.1:9')}/api").text
    assert "there is no answer from complaints, discipline, recognition, reconciliation" in page


def test_the_gateway_alone_documents_itself(public: TestClient) -> None:
    assert set(public.get("/openapi.json").json()["paths"]) == set(OWN["paths"])
