"""How complaints are found: each thing that can be asked for, and the condition that answers it from an index."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Uuid, column, func, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.orm import Session

from services.complaints.models import Allegation, Complaint
from services.complaints.shapes.lists import Sought
from services.complaints.sight import seen_by
from shared.actors import Actor
from shared.errors import Malformed
from shared.policy.agency import AgencyRules
from shared.timelimits import TimeLimit, overdue

Rows = Select[*tuple[Any, ...]]

ORDER = (Complaint.received_on, Complaint.opened_at, Complaint.id)
"""Lists fall by the day of receipt, so that a span of days is a span of the list, also among legacy records."""

SAID = table("complaint_said", column("id", Uuid), column("words", TSVECTOR))
"""The view of the agency's words through which the index of words can be used (see the migration that makes it)."""
SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig", REGCONFIG)
"""Words as they are written, whatever the language: names and places are what is looked for most."""

PLAN_FOR_THIS = text("select set_config('plan_cache_mode', 'force_custom_plan', true)")
"""A rare word and a common one, a state of few and of many, are found best in different ways."""


def says(words: str) -> ColumnElement[bool]:
    """Return the condition for complaints whose narrative or place has these words."""
    asked = func.websearch_to_tsquery(SIMPLE, words)
    return Complaint.id.in_(select(SAID.c.id).where(SAID.c.words.bool_op("@@")(asked)))


def alleges(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition for complaints with an allegation of which something holds."""
    return Complaint.id.in_(select(Allegation.complaint_id).where(condition))


FILTERS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "number": lambda number: Complaint.number == number,
    "text": says,
    "state": lambda state: Complaint.state == state,
    "category": lambda category: alleges(Allegation.category == category),
    "officer": lambda officer: alleges(Allegation.officer_id == officer),
    "investigator": lambda investigator: Complaint.investigator_id == investigator,
    "received_from": lambda day: Complaint.received_on >= day,
    "received_until": lambda day: Complaint.received_on <= day,
}
"""What is looked for → the condition."""


FEW = ("number", "text", "officer", "investigator")
"""What few complaints have, so that all of them can be looked at before they are brought into order."""


def chosen(
    session: Session, wanted: Rows, sought: Sought, actor: Actor, today: date, rules: AgencyRules
) -> tuple[Rows, Sequence[Any]]:
    """Return what is wanted of the complaints that are looked for and that the actor may see, and the keys of the list.

    Raises:
        Malformed: nothing can be found that way.
    """
    refuse_hopeless(sought, rules)
    asked = dict(_given(sought))
    if asked:
        session.execute(PLAN_FOR_THIS)
    order: Sequence[Any] = ORDER
    if "category" in asked and not any(name in asked for name in FEW):
        alleged = in_order(asked.pop("category"))
        order = tuple(alleged.c)
        wanted = wanted.join(alleged, alleged.c.complaint_id == Complaint.id)
    conditions = [seen_by(actor), *(FILTERS[name](value) for name, value in asked.items())]
    if sought.overdue:
        conditions.append(Complaint.id.in_(select(TimeLimit.case_id).where(overdue(today))))
    return wanted.where(*conditions), order


def in_order(category: str) -> Subquery:
    """Return the complaints that allege something, each once and as lists fall, as the index of categories has them.

    A category that was last alleged years ago is found at once, where a walk through the newer complaints were long.
    """
    keys = (Allegation.received_on, Allegation.opened_at, Allegation.complaint_id)
    falling = (key.desc() for key in keys)
    return select(*keys).where(Allegation.category == category).distinct().order_by(*falling).subquery("alleged")


def refuse_hopeless(sought: Sought, rules: AgencyRules) -> None:
    """Refuse what could only find nothing, and would look like an answer.

    Raises:
        Malformed: says what is wrong with it.
    """
    if sought.category is not None and sought.category not in rules.taxonomy.categories:
        known = ", ".join(rules.taxonomy.categories)
        raise Malformed(f"The category {sought.category!r} is not known; there is {known}.")
    first, last = sought.received_from, sought.received_until
    if first and last and first > last:
        raise Malformed(f"received_from is {first}, which is after received_until, {last}.")
    if sought.text is not None and not any(letter.isalnum() for letter in sought.text):
        raise Malformed(f"The text {sought.text!r} has no word that could be looked for.")


def told(sought: Sought) -> str:
    """Return what was looked for, as the audit keeps it."""
    asked = {**dict(_given(sought)), **({"overdue": "true"} if sought.overdue else {})}
    return ", ".join(f"{name} {value}" for name, value in asked.items())


def _given(sought: Sought) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name in FILTERS if (value := getattr(sought, name)) is not None)
