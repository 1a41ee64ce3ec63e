"""What people read for the codes of an agency's packs."""

from collections.abc import Mapping
from typing import Any

from shared.policy.agency import AgencyRules

KINDS = ("category", "limit", "award")
"""Of codes, in the order in which one that is not known to be of any is looked up."""


def label(kind: str, code: str, rules: AgencyRules | None, language: str) -> str | None:
    """Return what people read for a code of this kind; in English where the pack has no other, None if it has none."""
    if rules is None:
        return None
    said: Mapping[Any, str] = {}
    if kind == "category":
        said = rules.taxonomy.categories.get(code, {})
    elif kind == "limit" and code in rules.limits:
        said = rules.limits[code].label
    elif kind == "award" and code in rules.awards.kinds:
        said = {"en": rules.awards.kinds[code].label}
    return said.get(language, said.get("en"))


def any_label(code: str, rules: AgencyRules | None, language: str) -> str | None:
    """Return what people read for a code of whatever kind; None if no pack has it."""
    found = (label(kind, code, rules, language) for kind in KINDS)
    return next((said for said in found if said is not None), None)
