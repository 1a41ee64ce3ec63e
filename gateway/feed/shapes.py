"""The feed as it goes out: JSON Feed 1.1 (https://jsonfeed.org/version/1.1), each entry whole beside its sentence."""

from datetime import date
from typing import Any

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
    salts: dict[str, str] = Field(description="of each field; with these anyone can compute the leaf again")
    digests: list[str] = Field(description="of all fields, also of deleted ones; the body of the leaf is made of them")
    corrects: int | None = Field(description="the index of the entry that this one corrects or replaces")
    redacted: list[str] = Field(description="names of fields whose values were deleted")
    expunged_by: int | None = Field(description="the index of the entry that tells by which order all was deleted")


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


def item(entry: Entry, said: str) -> ItemOut:
    """Return one entry, which says this, as feed readers know it."""
    where = f"/feed/{entry.index}"
    return ItemOut(
        id=where,
        url=where,
        content_text=said,
        date_published=f"{entry.day.isoformat()}T00:00:00Z",
        tags=[entry.type, entry.agency],
        entry=EntryOut.model_validate(entry),
    )


def spoken(entry: Entry, policy: Policy, language: Language) -> SpokenEntryOut:
    """Return one entry with what it says."""
    whole = EntryOut.model_validate(entry).model_dump()
    return SpokenEntryOut(**whole, sentence=sentence(entry, policy, language))
