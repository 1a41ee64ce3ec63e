"""How tests hand in evidence and read it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from tests.complaints.conftest import COMPLAINTS, Desk
from tests.files import PDF
from tests.rooms import House, Person

NAME = "report.pdf"


def bring(
    desk: Desk, complaint: Mapping[str, Any], by: Person, content: bytes = PDF, name: str = NAME, **said: str
) -> httpx2.Response:
    """Bring a file as a member of staff."""
    return desk.client.post(
        f"{COMPLAINTS}/{complaint['id']}/evidence",
        files={"file": (name, content)},
        data={"channel": "collected", **said},
        headers=dict(by.headers),
    )


def brought(desk: Desk, complaint: Mapping[str, Any], content: bytes = PDF, **said: str) -> dict[str, Any]:
    """Return a file that the investigator has brought."""
    answer = bring(desk, complaint, desk.investigator, content, **said)
    assert answer.status_code == 201, answer.text
    file: dict[str, Any] = answer.json()
    return file


def deposit(desk: Desk, code: str, content: bytes = PDF, name: str = NAME, **said: str) -> httpx2.Response:
    """Hand in a file with a receipt code."""
    headers = {"Receipt-Code": code}
    return desk.client.post(f"{COMPLAINTS}/track/evidence", files={"file": (name, content)}, data=said, headers=headers)


def get(desk: Desk, complaint: Mapping[str, Any], rest: str, by: Person) -> httpx2.Response:
    """Ask about a complaint."""
    return desk.client.get(f"{COMPLAINTS}/{complaint['id']}/{rest}", headers=dict(by.headers))


def read(desk: Desk, complaint: Mapping[str, Any], file: Mapping[str, Any], by: Person, **said: str) -> httpx2.Response:
    """Read a file, for a reason."""
    where = f"{COMPLAINTS}/{complaint['id']}/evidence/{file['id']}/reading"
    return desk.client.post(where, json={"because": "To compare the times.", **said}, headers=dict(by.headers))


def on_disk(house: House) -> set[Path]:
    """Return every file that the service keeps, drafts too."""
    return {path for path in (house.settings.folder / "files" / "complaints").rglob("*") if path.is_file()}
