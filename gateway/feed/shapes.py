"""The feed as it goes out: JSON Feed 1.1 (https://jsonfeed.org/version/1.1), each entry whole beside its sentence."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from gateway.feed.models import Entry
from gateway.feed.sentences import Language, sentence
from shared.policy import Policy
from shared.words import Shape


class EntryOut(Shape):
    """One entry of the feed."""

    index: int = Field(description="its place in the feed, for good; 0 is the first")
    type: str
    agency: str
    reference: str = Field(description="what the public calls the case; entries of one case share it")
    day: date
    fields: dict[str, Any]


class SpokenEntryOut(EntryOut):
    """One entry with what it says."""

    sentence: str


class ItemOut(Shape):
    """An entry as feed readers know it."""

    id: str
    url: str
    content_text: str
    date_published: str = Field(description="the day; the hour is not told")
    tags: list[str]
    entry: EntryOut = Field(serialization_alias="_accord")


class FeedOut(Shape):
    """One page of a feed, the newest entry first."""

    version: str = "https://jsonfeed.org/version/1.1"
    title: str
    language: Language
    home_page_url: str = "/"
    feed_url: str
    next_url: str | None = Field(description="where the entries before these are")
    items: list[ItemOut]

    def as_json(self) -> str:
        """Return the feed as JSON Feed has it, without `next_url` at the end."""
        return self.model_dump_json(by_alias=True, exclude={"next_url"} if self.next_url is None else None)


def address(path: str, **asked: object) -> str:
    """Return `path` with what is asked of it, leaving out None."""
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{path}?{query}" if query else path


def items(entries: Sequence[Entry], policy: Policy, language: Language) -> list[ItemOut]:
    """Return entries as feed readers know them."""
    return [item(entry, policy, language) for entry in entries]


def item(entry: Entry, policy: Policy, language: Language) -> ItemOut:
    """Return one entry as feed readers know it."""
    where = f"/feed/{entry.index}"
    return ItemOut(
        id=where,
        url=where,
        content_text=sentence(entry, policy, language),
        date_published=f"{entry.day.isoformat()}T00:00:00Z",
        tags=[entry.type, entry.agency],
        entry=EntryOut.model_validate(entry),
    )


def spoken(entry: Entry, policy: Policy, language: Language) -> SpokenEntryOut:
    """Return one entry with what it says."""
    whole = EntryOut.model_validate(entry).model_dump()
    return SpokenEntryOut(**whole, sentence=sentence(entry, policy, language))
