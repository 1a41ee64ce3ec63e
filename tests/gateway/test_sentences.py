from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, get_args

import pytest

from gateway.feed.sentences import OTHERWISE, Language, fields_of, sentence, tongue
from gateway.feed.vocabulary import public_kinds, public_part
from shared.events.event import Event, Fact
from shared.policy import Policy

LANGUAGES: tuple[Language, ...] = get_args(Language)
POLICY = Policy.read()


@dataclass
class Told:
    """An entry, as far as a sentence needs it."""

    type: str
    fields: dict[str, Any] = field(default_factory=dict)
    agency: str = "rivertown"
    corrects: int | None = None
    redacted: tuple[str, ...] = ()
    expunged_by: int | None = None


def parts(kind: Any) -> Iterator[type]:
    """Yield every class that a type is made of."""
    if isinstance(kind, type):
        yield kind
        if issubclass(kind, Fact):
            for inner in kind.model_fields.values():
                yield from parts(inner.annotation)
    for argument in get_args(kind):
        yield from parts(argument)


def seen(kind: type[Event]) -> list[type]:
    return [part for shown in public_part(kind).model_fields.values() for part in parts(shown.annotation)]


SEEN = {part for kind in public_kinds() for part in seen(kind)}
WORDS = sorted((part for part in SEEN if issubclass(part, Enum)), key=lambda part: part.__name__)
FACTS = sorted((part for part in SEEN if issubclass(part, Fact)), key=lambda part: part.__name__)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", public_kinds(), ids=lambda kind: kind.name)
def test_every_public_event_has_sentences_in_every_language(kind: type[Event], language: Language) -> None:
    sentences = tongue(language).sentences[kind.name]
    spoken = {name for one in sentences for name in fields_of(one)}
    assert spoken <= set(public_part(kind).model_fields)
    assert fields_of(sentences[-1]) == [], "the last sentence is for when nothing else is known"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_no_sentences_for_what_the_public_does_not_see(language: Language) -> None:
    assert set(tongue(language).sentences) == {kind.name for kind in public_kinds()} | {OTHERWISE}
    assert set(tongue(language).facts) == {fact.__name__ for fact in FACTS}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_every_part_of_an_event_can_be_said_in_every_language(fact: type[Fact]) -> None:
    for language in LANGUAGES:
        for one in tongue(language).facts[fact.__name__]:
            assert set(fields_of(one)) <= set(fact.model_fields)


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_every_word_of_the_events_has_spanish_words(kind: type[Enum]) -> None:
    assert set(tongue("es").words[kind.__name__]) == {member.value for member in kind}
    assert set(tongue("en").words.get(kind.__name__, {})) <= {member.value for member in kind}


def test_no_words_are_kept_for_what_no_event_says() -> None:
    names = {kind.__name__ for kind in WORDS}
    assert set(tongue("es").words) == names
    assert set(tongue("en").words) <= names


FINDINGS = [
    {"category": "force", "finding": "sustained", "count": 1},
    {"category": "driving", "finding": None, "count": 2},
]
COMMITMENT = {"number": 1, "owner": "agency", "kind": "apology", "due_on": "2026-12-01"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Told("complaint.received.v1", {"channel": "web", "categories": ["force", "discourtesy", "driving"]}),
            "A complaint alleging unnecessary force, discourtesy and driving was received.",
        ),
        (Told("complaint.received.v1", {"channel": "web", "categories": []}), "A complaint was received."),
        (
            Told("complaint.received.v1", {"channel": "web", "categories": ["force"]}, agency="closed-down"),
            "A complaint alleging force was received.",
        ),
        (
            Told(
                "complaint.decided.v1",
                {"findings": FINDINGS, "outcome": "sustained", "days_open": 1},
                agency="closed-down",
            ),
            (
                "A complaint was decided after 1 day: sustained. "
                "Findings: force, sustained (1); driving, no finding yet (2)."
            ),
        ),
        (
            Told("complaint.decided.v1", {"findings": [], "outcome": "withdrawn", "days_open": 0}),
            "A complaint was decided after 0 days: withdrawn.",
        ),
        (Told("complaint.decided.v1", {"findings": "nonsense"}), "A complaint was decided."),
        (
            Told(
                "discipline.final.v1", {"sanction": None, "days": None, "departure": "below", "categories": ["force"]}
            ),
            "Discipline for unnecessary force is final: no sanction, below the range of the matrix.",
        ),
        (
            Told("commendation.nominated.v1", {"award": "valor", "criterion": "valor", "from_public": True}),
            "The public nominated somebody for the Medal of Valor: valor.",
        ),
        (
            Told("commendation.nominated.v1", {"award": "valor", "criterion": "valor", "from_public": False}),
            "Somebody was nominated for the Medal of Valor: valor.",
        ),
        (
            Told("reconciliation.screened.v1", {"process": "mediation", "suitable": False}),
            "It was examined whether harm may be repaired by a mediation: it may not be.",
        ),
        (
            Told("reconciliation.commitment_released.v1", {"commitment": COMMITMENT, "text": "We say {sorry}."}),
            "A commitment was published (apology, owed by the agency and due on 2026-12-01): “We say {sorry}.”",
        ),
        (Told("something.else.v1"), "Something was entered in the record."),
    ],
)
def test_an_entry_says_what_it_says(told: Told, said: str) -> None:
    assert sentence(told, POLICY) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Told("complaint.received.v1", {"channel": "web", "categories": ["force", "discourtesy"]}),
            "Se recibió una queja por fuerza innecesaria y descortesía.",
        ),
        (
            Told("complaint.decided.v1", {"findings": FINDINGS[:1], "outcome": "sustained", "days_open": 34}),
            "Una queja se decidió después de 34 días: probada. Conclusiones: fuerza innecesaria, probada (1).",
        ),
        (Told("reconciliation.held.v1", {"process": "mediation"}), "Se celebró una mediación."),
    ],
)
def test_an_entry_says_the_same_in_spanish(told: Told, said: str) -> None:
    assert sentence(told, POLICY, "es") == said
