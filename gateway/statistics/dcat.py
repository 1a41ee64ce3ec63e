"""The catalogue of open data as DCAT-US 3.0 has it; https://github.com/DOI-DO/dcat-us."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, uuid5

from gateway.statistics.catalogue import Said, tables
from gateway.statistics.dictionary import words
from shared.policy import Policy

CONTEXT = "https://raw.githubusercontent.com/DOI-DO/dcat-us/main/context/dcat-us-3.0.jsonld"
STANDARD = "https://github.com/DOI-DO/dcat-us"
MEDIA = "https://www.iana.org/assignments/media-types/"
FORMATS = {"json": "application/json", "csv": "text/csv"}


class Place(NamedTuple):
    """Which house this is, and where it is reached."""

    log: str
    """The name of its log, which is the house's own and never changes; ids are made of it."""
    address: str

    def id(self, path: str) -> str:
        """Return a name that is the same wherever and by whatever address this is served."""
        return uuid5(NAMESPACE_OID, f"accord data {self.log} {path}").urn


class Released(NamedTuple):
    """A table of a release."""

    number: int
    name: str
    made_on: date


class Listed(NamedTuple):
    """A data set as it is listed."""

    path: str
    title: Said
    about: Said
    page: str
    """Of the portal, where people read it."""
    issued: date | None = None
    """Of what never changes, since when it has not."""


def catalogue(place: Place, policy: Policy, released: Sequence[Released]) -> str:
    """Return the catalogue as JSON."""
    title = "; ".join(rules.agency.title for _, rules in sorted(policy.agencies.items()))
    whole = {
        "@context": CONTEXT,
        "@id": place.id("/data.json"),
        "@type": "Catalog",
        "conformsTo": STANDARD,
        "title": "Accord: open data",
        "description": f"The transparency feed and statistics of {title}.",
        "publisher": {"@type": "Agent", "name": title},
        "homepage": f"{place.address}/",
        "dataset": [_dataset(place, title, one) for one in listed(released)],
    }
    return json.dumps(whole, ensure_ascii=False)


def listed(released: Sequence[Released]) -> Iterator[Listed]:
    """Yield every data set: the feed, the tables as they stand, and what is in one release only."""
    yield Listed("/feed", words().feed.title, words().feed.about, "/record")
    for name, table in tables().items():
        yield Listed(f"/statistics/{name}", table.title, table.about, "/figures")
    for number, name, made_on in released:
        if name not in tables():
            title = words().crossed.title
            of_it: Said = {language: f"{said} ({name})" for language, said in title.items()}
            yield Listed(f"/statistics/releases/{number}/{name}", of_it, words().crossed.about, "/data", made_on)


def _dataset(place: Place, publisher: str, one: Listed) -> dict[str, Any]:
    return {
        "@id": place.id(one.path),
        "@type": "Dataset",
        "identifier": [one.path.strip("/")],
        "title": one.title["en"],
        "titleMap": one.title,
        "description": one.about["en"],
        "descriptionMap": one.about,
        **({"issued": one.issued.isoformat()} if one.issued else {}),
        "publisher": {"@type": "Organization", "name": publisher, "prefLabel": publisher},
        "landingPage": place.address + one.page,
        "describedBy": {
            "@type": "Distribution",
            "title": "Data dictionary",
            "downloadURL": f"{place.address}/statistics/dictionary.json",
            "mediaType": f"{MEDIA}application/json",
        },
        "distribution": [
            {
                "@type": "Distribution",
                "title": f"{one.title['en']} ({kind.upper()})",
                "downloadURL": f"{place.address}{one.path}.{kind}",
                "mediaType": MEDIA + media,
            }
            for kind, media in FORMATS.items()
        ],
    }
