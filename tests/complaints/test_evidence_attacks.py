"""What people do with uploads: break off, send too much, send slowly, send again, and hide things in names."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accord.rooms import SERVICES
from gateway.main import create_gateway
from shared.app import create_app
from shared.files import ENVELOPE, PART
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.evidence import NAME, bring, deposit, on_disk
from tests.files import PDF
from tests.gateway.servers import serving
from tests.rooms import outbox_of

PATIENCE = 20.0
BOUNDARY = "bound4ry"


def form(content: bytes, name: str = NAME) -> bytes:
    """Return a form as it goes over the wire, for whoever wants to break it off."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    channel = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="channel"\r\n\r\nmail\r\n'
    return channel.encode() + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def headers_of(desk: Desk) -> dict[str, str]:
    return {**desk.intake.headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def comes_true(condition: Callable[[], bool]) -> bool:
    """Wait until something is so, and say whether it came."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(params=["service", "gateway"])
def door(request: pytest.FixtureRequest, desk: Desk) -> Iterator[str]:
    """Yield the base URL of the service, and of a gateway before it."""
    with serving(create_app(SERVICES["complaints"], desk.house.settings)) as address:
        if request.param == "service":
            yield address
            return
        httpx.get(f"{address}/openapi.json", timeout=60).raise_for_status()  # made once, and slowly on a busy machine
        here = desk.house.settings.model_copy(update={"services": {"complaints": address}})
        with serving(create_gateway(here, patience=1.0)) as gateway:
            known = "/agencies/{agency}/complaints/{complaint_id}/evidence"
            assert comes_true(lambda: known in httpx.get(f"{gateway}/openapi.json").json()["paths"])
            yield gateway


def test_a_file_goes_to_the_disk_while_it_arrives(desk: Desk, door: str) -> None:
    complaint, before = desk.filed(), on_disk(desk.house)
    whole = form(PDF + b"\n" * 8 * PART)
    middle = len(whole) - PART
    arrived = []

    def body() -> Iterator[bytes]:
        yield whole[:middle]
        arrived.append(comes_true(lambda: sum(path.stat().st_size for path in on_disk(desk.house) - before) > 6 * PART))
        time.sleep(1.5)  # longer than the gateway waits for an answer: it counts from the end of the body
        yield whole[middle:]

    answer = httpx.post(
        f"{door}{COMPLAINTS}/{complaint['id']}/evidence", content=body(), headers=headers_of(desk), timeout=PATIENCE
    )

    assert answer.status_code == 201, answer.text
    assert arrived == [True]
    assert answer.json()["size"] == len(PDF) + 8 * PART
    where = f"{door}{COMPLAINTS}/{complaint['id']}/evidence/{answer.json()['id']}/reading"
    back = httpx.post(where, json={"because": "To see it."}, headers=dict(desk.intake.headers), timeout=PATIENCE)
    assert back.content == PDF + b"\n" * 8 * PART
    shown = [back.headers[name] for name in ("content-disposition", "x-content-type-options")]
    assert shown == ["attachment; filename*=UTF-8''report.pdf", "nosniff"]


def test_a_body_above_the_general_limit_is_taken_only_where_files_are(desk: Desk, door: str) -> None:
    large = PDF + b"\n" * (desk.house.settings.max_body_size + 1)
    filed = desk.filed()
    code = {"Receipt-Code": filed["receipt_code"]}

    taken = httpx.post(f"{door}{COMPLAINTS}/track/evidence", files={"file": (NAME, large)}, headers=code)
    refused = httpx.post(f"{door}{COMPLAINTS}", content=b'{"narrative": "' + large)

    assert taken.status_code == 201, taken.text
    assert (refused.status_code, refused.json()["detail"]) == (
        413,
        "The body is larger than the 1000000 bytes that this address accepts; send less at once.",
    )


@pytest.mark.parametrize("whole", [True, False])
def test_an_upload_that_breaks_off_leaves_nothing(desk: Desk, door: str, whole: bool) -> None:  # noqa: FBT001
    complaint, before = desk.filed(), on_disk(desk.house)
    told = outbox_of(desk.house, "complaints", complaint["id"])
    sent = form(PDF + b"\n" * 4 * PART)[: -PART if not whole else -len(BOUNDARY)]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers_of(desk).items())
    host, _, port = door.removeprefix("http://").partition(":")

    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        length = len(sent) + 10_000
        request = (
            f"POST {COMPLAINTS}/{complaint['id']}/evidence HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{head}"
        )
        connection.sendall(request.encode() + b"\r\n" + sent)
        assert comes_true(lambda: len(on_disk(desk.house) - before) == 1), "the file was not arriving"

    assert comes_true(lambda: on_disk(desk.house) == before)
    assert outbox_of(desk.house, "complaints", complaint["id"]) == told


def test_half_a_form_is_refused_and_leaves_nothing(desk: Desk) -> None:
    complaint, before = desk.filed(), on_disk(desk.house)
    where = f"{COMPLAINTS}/{complaint['id']}/evidence"

    for cut in range(3, len(form(PDF)), 17):
        answer = desk.client.post(where, content=form(PDF)[:-cut], headers=headers_of(desk))
        assert answer.status_code == 422, answer.text
    assert on_disk(desk.house) == before


@pytest.fixture
def small(desk: Desk) -> Iterator[TestClient]:
    """Yield a client of a service that takes small files."""
    here = desk.house.settings.model_copy(update={"max_file_size": 2_000})
    with TestClient(create_app(SERVICES["complaints"], here), raise_server_exceptions=False) as client:
        yield client


def test_a_file_of_the_largest_size_is_taken_and_one_byte_more_is_not(desk: Desk, small: TestClient) -> None:
    filed, before = desk.filed(), on_disk(desk.house)
    code = {"Receipt-Code": filed["receipt_code"]}

    def send(size: int) -> Any:
        content = PDF.ljust(size, b"\n")
        return small.post(f"{COMPLAINTS}/track/evidence", files={"file": (NAME, content)}, headers=code)

    more, far_more = send(2_001), send(2_000 + ENVELOPE)

    said = "The file is larger than the 2000 bytes that are taken; hand in a smaller one."
    assert (more.status_code, more.json()["detail"]) == (413, said)
    said = f"The body is larger than the {2_000 + ENVELOPE} bytes that this address accepts; send less at once."
    assert (far_more.status_code, far_more.json()["detail"]) == (413, said)
    assert on_disk(desk.house) == before
    assert send(2_000).status_code == 201


def test_where_nothing_can_be_written_nothing_is_promised(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    filed = desk.filed()
    told = outbox_of(desk.house, "complaints", filed["id"])
    here = desk.house.settings.model_copy(update={"files": tmp_path / "a-file"})
    with TestClient(create_app(SERVICES["complaints"], here), raise_server_exceptions=False) as client:
        code = {"Receipt-Code": filed["receipt_code"]}
        answer = client.post(f"{COMPLAINTS}/track/evidence", files={"file": (NAME, PDF)}, headers=code)

    said = "The file cannot be written down at the moment; nothing of it was kept. Tell the operator."
    assert (answer.status_code, answer.json()["detail"]) == (503, said)
    assert outbox_of(desk.house, "complaints", filed["id"]) == told


def test_slow_uploads_do_not_keep_others_from_being_served(desk: Desk) -> None:
    """There are more of them than turns at the database."""
    filed = desk.filed()
    go_on, arriving = threading.Event(), on_disk(desk.house)
    head = {"Receipt-Code": filed["receipt_code"], "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    whole = form(PDF).replace(b"channel", b"because")

    def body() -> Iterator[bytes]:
        yield whole[:-20]
        go_on.wait(PATIENCE)
        yield whole[-20:]

    with serving(create_app(SERVICES["complaints"], desk.house.settings)) as address:
        where = f"{address}{COMPLAINTS}/track/evidence"
        statuses: list[int] = []
        senders = [
            threading.Thread(
                target=lambda: statuses.append(
                    httpx.post(where, content=body(), headers=head, timeout=PATIENCE).status_code
                )
            )
            for _ in range(15)
        ]
        for sender in senders:
            sender.start()
        assert comes_true(lambda: len(on_disk(desk.house) - arriving) == 15)
        assert httpx.get(f"{address}{COMPLAINTS}/track", headers=head).status_code == 200
        go_on.set()
        for sender in senders:
            sender.join()

    assert sorted(statuses) == [201] + [409] * 14, "the same file is kept once, however many send it at once"
    assert len(on_disk(desk.house) - arriving) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=some.text(some.characters(exclude_categories=["Cs"]), max_size=220))
def test_no_name_of_a_file_breaks_anything(desk: Desk, name: str) -> None:
    filed, before = desk.filed(), on_disk(desk.house)

    answer = deposit(desk, filed["receipt_code"], PDF, f"{name}.pdf")

    assert answer.status_code in (201, 422), answer.text
    kept = on_disk(desk.house) - before
    assert len(kept) == (answer.status_code == 201)
    assert all(path.relative_to(desk.house.settings.folder / "files" / "complaints" / "rivertown") for path in kept)
    if answer.status_code == 201:
        assert not set(answer.json()["name"]) & set("/\\\r\n\x00")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=some.binary(max_size=600), boundary=some.text("abcB-", min_size=1, max_size=20))
def test_no_body_breaks_the_form(desk: Desk, body: bytes, boundary: str) -> None:
    filed = desk.filed()
    headers = {"Receipt-Code": filed["receipt_code"], "Content-Type": f"multipart/form-data; boundary={boundary}"}

    for content in (
        body,
        f"--{boundary}\r\n".encode() + body,
        form(body).replace(BOUNDARY.encode(), boundary.encode()),
    ):
        answer = desk.client.post(f"{COMPLAINTS}/track/evidence", content=content, headers=headers)
        assert answer.status_code in (201, 409, 422), answer.text
        assert json.loads(answer.content)


@pytest.mark.parametrize(
    "names", [[f"field-{number}" for number in range(21)], ["x" * 101]], ids=["many fields", "a long name"]
)
def test_neither_number_nor_names_of_fields_grow_without_end(desk: Desk, names: list[str]) -> None:
    complaint, before = desk.assigned(), on_disk(desk.house)

    answer = bring(desk, complaint, desk.investigator, PDF, **dict.fromkeys(names, "x"))

    assert answer.status_code == 422
    assert (
        answer.json()["detail"] == "The form has more than 20 fields, or one with a name of more than 100 characters."
    )
    assert on_disk(desk.house) == before


def test_a_stale_version_is_refused_and_leaves_nothing(desk: Desk) -> None:
    complaint, before = desk.assigned(), on_disk(desk.house)
    desk.client.headers["If-Match"] = '"1"'
    try:
        answer = bring(desk, complaint, desk.investigator)
    finally:
        del desk.client.headers["If-Match"]

    assert answer.status_code == 412
    assert on_disk(desk.house) == before
