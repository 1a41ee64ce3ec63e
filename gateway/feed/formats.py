"""A page of the feed as it goes out: JSON Feed, Atom (RFC 4287) and CSV (RFC 4180)."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5
from xml.etree import ElementTree as ET

from gateway.feed.models import Entry
from gateway.feed.sentences import Language, sentence
from gateway.feed.shapes import FeedOut, item
from shared.policy import Policy
from shared.spreadsheets import harmless

ATOM = "http://www.w3.org/2005/Atom"
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""
BEGINNING = "1970-01-01"
"""When an empty feed was updated: Atom wants to be told."""

COLUMNS = (
    "index",
    "type",
    "agency",
    "reference",
    "day",
    "sentence",
    "fields",
    "corrects",
    "redacted",
    "expunged_by",
    "salts",
    "digests",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A page of the feed, ready to be written in any format."""

    title: str
    language: Language
    here: str
    """Its own address."""
    before: str | None
    """The address of the entries before these."""
    entries: Sequence[Entry]
    policy: Policy

    def says(self, entry: Entry) -> str:
        """Return what an entry says in the language of the page."""
        return sentence(entry, self.policy, self.language)


def as_json_feed(page: Written) -> str:
    """Return the page as JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""
    items = [item(entry, page.says(entry)) for entry in page.entries]
    return FeedOut(
        title=page.title, language=page.language, feed_url=page.here, next_url=page.before, items=items
    ).as_json()


def as_atom(page: Written) -> str:
    """Return the page as Atom (RFC 4287). Addresses are relative; ids are not, and stay as they are for good."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": page.language})
    _text(feed, "id", _id(page.here))
    _text(feed, "title", page.title)
    _text(feed, "updated", _moment(max((entry.day.isoformat() for entry in page.entries), default=BEGINNING)))
    _text(ET.SubElement(feed, "author"), "name", page.title)
    ET.SubElement(feed, "link", {"rel": "self", "href": page.here, "type": "application/atom+xml"})
    if page.before is not None:
        ET.SubElement(feed, "link", {"rel": "next", "href": page.before, "type": "application/atom+xml"})
    for entry in page.entries:
        _atom_entry(feed, entry, page.says(entry))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written.decode()


def _atom_entry(feed: ET.Element, entry: Entry, said: str) -> None:
    written = ET.SubElement(feed, "entry")
    _text(written, "id", _id(f"{entry.index} {entry.reference}"))
    _text(written, "title", said)
    _text(written, "updated", _moment(entry.day.isoformat()))
    ET.SubElement(written, "link", {"rel": "alternate", "href": f"/feed/{entry.index}", "type": "application/json"})
    if entry.corrects is not None:
        corrected = f"/feed/{entry.corrects}"
        ET.SubElement(written, "link", {"rel": "related", "href": corrected, "type": "application/json"})
    for scheme, term in (("type", entry.type), ("agency", entry.agency), ("reference", entry.reference)):
        ET.SubElement(written, "category", {"term": term, "scheme": f"urn:accord:{scheme}"})
    content = _text(written, "content", said)
    content.set("type", "text")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    return made


def _id(what: str) -> str:
    """Return a name that is the same wherever and whenever the feed is served."""
    return uuid5(NAMESPACE_OID, f"accord feed {what}").urn


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def as_csv(page: Written) -> str:
    """Return the page as CSV with a header; what a spreadsheet would take as a formula begins with an apostrophe."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    for entry in page.entries:
        writer.writerow(_cells(entry, page.says(entry)))
    return lines.getvalue()


def _cells(entry: Entry, said: str) -> list[str]:
    cells = {name: getattr(entry, name) for name in COLUMNS if name != "sentence"} | {"sentence": said}
    return [harmless(_cell(cells[name])) for name in COLUMNS]


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict | list) else value


class Format(NamedTuple):
    """How a page is written, and what it then is."""

    media_type: str
    write: Callable[[Written], str]


FORMATS: Mapping[str, Format] = {
    "json": Format("application/feed+json", as_json_feed),
    "atom": Format("application/atom+xml; charset=utf-8", as_atom),
    "csv": Format("text/csv; charset=utf-8; header=present", as_csv),
}
"""The end of an address → the format that is served there."""
