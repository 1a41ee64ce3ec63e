"""What people read for the keys of a table."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from gateway.feed import packs
from gateway.feed.sentences import Language, tongue
from shared.policy.agency import AgencyRules

WORDS = Path(__file__).parent / "words.toml"
ENUMERATIONS = {
    "channel": "Channel",
    "classification": "Classification",
    "track": "Track",
    "finding": "Finding",
    "outcome": "Finding",
    "process": "RepairProcess",
    "sanction": "SanctionKind",
    "departure": "Departure",
    "kind": "CommitmentKind",
}
"""Dimension → the enumeration whose words the feed has."""


@cache
def words(language: Language) -> Mapping[str, str]:
    """Return what people read for words that are in no enumeration."""
    written: dict[str, dict[str, str]] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return written.get(language, {})


def labels(keys: Mapping[str, str], rules: AgencyRules | None, language: Language) -> dict[str, str]:
    """Return dimension → what people read; a code that the agency's packs do not have stays as it is."""
    return {dimension: label(dimension, key, rules, language) for dimension, key in keys.items()}


def label(dimension: str, key: str, rules: AgencyRules | None, language: Language) -> str:
    """Return what people read for one key."""
    known = tongue(language).words.get(ENUMERATIONS.get(dimension, ""), {})
    return packs.label(dimension, key, rules, language) or known.get(key) or words(language).get(key, key)
