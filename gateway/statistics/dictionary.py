"""The data dictionary: what every table and every column means. The words are in `dictionary.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from gateway.feed.sentences import Language
from gateway.statistics.catalogue import Part, Said, Table, tables
from gateway.statistics.shapes import ColumnOut, DescribedOut, DictionaryOut
from shared.events.complaints import ComplaintImported, ComplaintReceived

WORDS = Path(__file__).parent / "dictionary.toml"


class Column(Part):
    """What a column means."""

    kind: str
    """What a cell holds."""
    en: str
    es: str


class Described(Part):
    """What a table means that is not among `tables.toml`."""

    title: Said
    about: Said
    columns: Mapping[str, Column]


class Words(Part):
    """The file."""

    columns: Mapping[str, Column]
    crossed: Described
    feed: Described


@cache
def words() -> Words:
    """Return what everything means, in every language."""
    return Words.model_validate(tomllib.loads(WORDS.read_text(encoding="utf-8")))


def columns_of(table: Table) -> list[str]:
    """Return the columns of a table, in the order of its CSV."""
    return ["agency", "month", *table.dimensions, "count", *([table.measure] if table.measure != "count" else [])]


def dictionary(language: Language) -> DictionaryOut:
    """Return what every table means."""
    people = [ComplaintReceived.name, ComplaintImported.name]
    return DictionaryOut(
        language=language,
        tables=[described(table, language) for table in tables().values()],
        crossed=beside("complaints-by-…-YYYY", words().crossed, language, people),
        feed=beside("feed", words().feed, language, []),
    )


def described(table: Table, language: Language) -> DescribedOut:
    """Return what a table means."""
    own = {name: words().columns[name] for name in columns_of(table)}
    return DescribedOut(
        name=table.name,
        title=table.title[language],
        about=table.about[language],
        measure=table.measure,
        columns=told(own, language),
        entries=[*dict.fromkeys(source.type for source in table.counts)],
    )


def beside(name: str, what: Described, language: Language, entries: Sequence[str]) -> DescribedOut:
    """Return what a table means that is not among those of the feed."""
    return DescribedOut(
        name=name,
        title=what.title[language],
        about=what.about[language],
        measure="count" if entries else None,
        columns=told(what.columns, language),
        entries=[*entries],
    )


def told(columns: Mapping[str, Column], language: Language) -> list[ColumnOut]:
    """Return columns in a language."""
    return [
        ColumnOut(name=name, kind=column.kind, about=column.es if language == "es" else column.en)
        for name, column in columns.items()
    ]
