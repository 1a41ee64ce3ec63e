"""Whoever complains says what they wish, for whomever, in their language; everything else is refused in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.commands.filing import refuse_untimely
from services.complaints.receipts import new_receipt, read_receipt
from services.complaints.shapes.intake import FilingIn
from shared.actors import Role
from shared.errors import Malformed
from shared.policy import Policy
from shared.words import UNWRITTEN
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.make import make_filing
from tests.rooms import House, outbox_of

RULES = Policy.read().agencies["rivertown"]
TODAY = RULES.today(datetime.now(UTC))
PUBLIC_CHANNELS = ["web", "third party"]
STAFF_CHANNELS = ["phone", "mail", "e-mail", "in person", "staff-internal", "body-camera review", "civil claim"]
SPANISH = {"Accept-Language": "es-US,es;q=0.9,en;q=0.5"}


def parties_of(desk: Desk, filed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the people in a complaint as intake sees them, without what is empty."""
    answer = desk.client.get(f"{COMPLAINTS}/{filed['id']}/parties", headers=dict(desk.intake.headers))
    assert answer.status_code == 200, answer.text
    return [
        {name: value for name, value in party.items() if value and name != "id"} for party in answer.json()["parties"]
    ]


def filed(desk: Desk, **over: Any) -> dict[str, Any]:
    answer = desk.client.post(COMPLAINTS, json=make_filing(**over))
    assert answer.status_code == 201, answer.text
    complaint: dict[str, Any] = answer.json()
    return complaint


def read(desk: Desk, complaint: dict[str, Any]) -> dict[str, Any]:
    answer = desk.client.get(f"{COMPLAINTS}/{complaint['id']}", headers=dict(desk.intake.headers))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_nothing_is_demanded_but_what_happened() -> None:
    assert FilingIn.model_json_schema()["required"] == ["narrative"]


@pytest.mark.parametrize("channel", PUBLIC_CHANNELS + STAFF_CHANNELS)
def test_every_channel_brings_a_complaint(desk: Desk, channel: str) -> None:
    answer = desk.client.post(COMPLAINTS, json=make_filing(channel=channel), headers=dict(desk.intake.headers))

    assert answer.status_code == 201, answer.text
    assert read(desk, answer.json())["channel"] == channel


@pytest.mark.parametrize("channel", STAFF_CHANNELS)
def test_what_came_through_staff_is_filed_by_intake_alone(complaints: TestClient, channel: str) -> None:
    answer = complaints.post(COMPLAINTS, json=make_filing(channel=channel))

    sentence = f"Only intake files a complaint that came by {channel}; file it by web."
    assert (answer.status_code, answer.json()["detail"]) == (403, sentence)


def test_several_people_are_affected_and_some_were_in_custody(desk: Desk) -> None:
    complaint = filed(
        desk,
        channel="third party",
        affected=[{"name": "Bo Lind", "in_custody": True}, {"contact": "555 0100"}, {}],
        witnesses=[{"name": "Kit Moss", "contact": "kit@example.org"}],
        complainant={"name": "Ana Ruiz"},
    )

    assert parties_of(desk, complaint) == [
        {"role": "complainant", "named": True},
        {"role": "person in custody", "named": True},
        {"role": "affected person", "reachable": True},
        {"role": "affected person"},
        {"role": "witness", "named": True, "reachable": True},
    ]
    assert outbox_of(desk.house, "complaints", complaint["id"])[0][3] == {
        "channel": "third party",
        "categories": ["force"],
        "said": None,
        "anonymous": False,
    }


def test_several_officers_are_described_and_those_who_are_named_are_sealed(desk: Desk) -> None:
    complaint = filed(
        desk,
        officers=[
            "tall, with a beard",
            {"appearance": "short, grey hair", "unit": "night patrol", "vehicle": "car 12", "badge": "…47"},
            {"name": "Officer Sixpence"},
        ],
    )

    assert parties_of(desk, complaint) == [
        {"role": "unknown officer", "description": "tall, with a beard"},
        {
            "role": "unknown officer",
            "description": "short, grey hair",
            "unit": "night patrol",
            "vehicle": "car 12",
            "badge": "…47",
        },
        {"role": "unknown officer", "named": True},
    ]


def test_a_guardian_complains_for_a_minor_of_whom_nothing_need_be_said(desk: Desk) -> None:
    complaint = filed(desk, on_behalf_of="a minor in their care")

    assert parties_of(desk, complaint) == [{"role": "affected person", "minor": True}]


def test_a_minor_has_a_sealed_name_and_nothing_else(desk: Desk) -> None:
    complaint = filed(desk, on_behalf_of="a minor in their care", affected=[{"name": "Pip", "minor": True}])

    assert parties_of(desk, complaint) == [{"role": "affected person", "minor": True, "named": True}]


def test_a_web_form_says_the_same(desk: Desk) -> None:
    form = {
        "narrative": "They held my son for a night.",
        "on_behalf_of": "a minor in their care",
        "affected": ["Pip", ""],
        "in_custody": "true",
        "witness": ["Kit Moss"],
        "officer": ["tall", "short"],
        "unit": "night patrol",
        "vehicle": "",
        "badge": "47",
    }

    answer = desk.client.post(f"{COMPLAINTS}/form", data=form)

    assert answer.status_code == 201, answer.text
    assert parties_of(desk, answer.json()) == [
        {"role": "person in custody", "minor": True, "named": True},
        {"role": "witness", "named": True},
        {"role": "unknown officer", "description": "tall", "unit": "night patrol", "badge": "47"},
        {"role": "unknown officer", "description": "short"},
    ]


MANY: list[dict[str, Any]] = [{} for _ in range(21)]
REFUSALS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a language that the agency does not speak": (
        {"language": "fr"},
        "The agency takes complaints in en, es; 'fr' is not one of its languages.",
        "La agencia recibe quejas en en, es; 'fr' no es uno de sus idiomas.",
    ),
    "a third party for themselves": (
        {"channel": "third party", "on_behalf_of": "themselves"},
        "A third party complains for another person; say so in on_behalf_of, or file it by web.",
        "Un tercero se queja por otra persona; dígalo en on_behalf_of, o presente la queja por la web.",
    ),
    "a guardian without a minor": (
        {"on_behalf_of": "a minor in their care", "affected": [{"name": "Bo Lind"}]},
        "Say which of the affected people is the minor; no name is needed.",
        "Diga cuál de las personas afectadas es menor de edad; no hace falta su nombre.",
    ),
    "how to reach a minor": (
        {"affected": [{"minor": True, "contact": "school"}]},
        "Of a minor no contact is taken; leave it out. They are reached through whoever complains for them.",
        "De una persona menor de edad no se toman datos de contacto; omítalos. ",
    ),
    "an officer of whom nothing is said": (
        {"officers": [{}]},
        "Say something by which this officer can be found: appearance, unit, vehicle, badge or name.",
        "Diga algo por lo que se pueda encontrar a este agente: aspecto, unidad, vehículo, placa o nombre.",
    ),
    "more people than a complaint takes": (
        {"affected": MANY},
        "affected: List should have at most 20 items after validation, not 21.",
        "affected: indique como mucho 20, no 21.",
    ),
    "more officers than a complaint takes": (
        {"officers": ["tall"] * 21},
        "officers: List should have at most 20 items after validation, not 21.",
        "officers: indique como mucho 20, no 21.",
    ),
    "a description as long as a story": (
        {"officers": ["x" * 20_000]},
        "officers.0.appearance: String should have at most 1000 characters.",
        "officers.0.appearance: escriba como mucho 1000 caracteres.",
    ),
    "a name as long as a story": (
        {"complainant": {"name": "x" * 20_000}},
        "complainant.name: String should have at most 200 characters.",
        "complainant.name: escriba como mucho 200 caracteres.",
    ),
    "a control character in a name": (
        {"affected": [{"name": "Bo\x07"}]},
        "affected.0.name: the control character U+0007 cannot be stored; remove it.",
        "affected.0.name: el carácter de control U+0007 no se puede guardar; quítelo.",
    ),
    "text that turns its order in a description": (
        {"officers": [{"badge": "\u202e74"}]},
        "officers.0.badge: the control character U+202E cannot be stored; remove it.",
        "officers.0.badge: el carácter de control U+202E no se puede guardar; quítelo.",
    ),
    "a day that no year has": (
        {"incident_on": "2027-02-29"},
        "incident_on takes a date such as 2026-11-23.",
        "incident_on lleva una fecha como 2026-11-23.",
    ),
    "a moment for a day": (
        {"incident_on": "2026-01-03T23:30:00-05:00"},
        "incident_on takes a date such as 2026-11-23.",
        "incident_on lleva una fecha como 2026-11-23.",
    ),
    "an incident that is still to come": (
        {"incident_on": f"{TODAY + timedelta(days=2)}"},
        f"The incident is said to have happened on {TODAY + timedelta(days=2)}, which is still to come.",
        f"Se dice que el hecho ocurrió el {TODAY + timedelta(days=2)}, un día que aún no ha llegado.",
    ),
    "a category that is not known": (
        {"categories": ["sorcery"]},
        "The category 'sorcery' is not known; there is force, ",
        "La categoría 'sorcery' no existe; existen force, ",
    ),
    "a demand for more data": (
        {"affected": [{"born_on": "2014-01-01"}]},
        "The field 'affected.0.born_on' is not known here; leave it out.",
        "Aquí no se conoce el campo 'affected.0.born_on'; omita ese dato.",
    ),
    "nothing at all": (
        {"narrative": " "},
        "narrative: String should have at least 1 character.",
        "narrative: escriba al menos 1 carácter.",
    ),
    "a channel that is none": (
        {"channel": "pigeon"},
        "channel: Input should be 'web', ",
        "channel: se espera 'web', ",
    ),
    "officers that are no list": (
        {"officers": "tall"},
        "officers: Input should be a valid list.",
        "officers: envíe una lista.",
    ),
}


@pytest.mark.parametrize("field", ["category", "officer", "affected", "witness"])
def test_a_file_is_no_text_of_a_form(complaints: TestClient, field: str) -> None:
    answer = complaints.post(f"{COMPLAINTS}/form", data={"narrative": "x"}, files={field: ("photo.jpg", b"x")})

    assert (answer.status_code, answer.json()["detail"]) == (422, f"{field}.0: Input should be a valid string.")


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_filing_is_refused_in_the_language_of_whoever_complains(
    complaints: TestClient, name: str, language: str
) -> None:
    over, english, spanish = REFUSALS[name]

    answer = complaints.post(COMPLAINTS, json=make_filing(**over), headers=SPANISH if language == "es" else {})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"].startswith(spanish if language == "es" else english), answer.json()["detail"]


def test_every_refusal_of_a_public_route_has_its_spanish(desk: Desk) -> None:
    code = {"Receipt-Code": desk.filed()["receipt_code"]}
    body = {"because": "x"}
    withdrawal, track = f"{COMPLAINTS}/track/withdrawal", f"{COMPLAINTS}/track"
    assert desk.client.post(withdrawal, json=body, headers=code).status_code == 200

    def ask(headers: dict[str, str]) -> list[Any]:
        post, get = desk.client.post, desk.client.get
        return [
            post(withdrawal, json=body, headers=code | headers),
            post(COMPLAINTS, content=b"", headers=headers),
            post(COMPLAINTS, content=b"{", headers=headers | {"Content-Type": "application/json"}),
            post(COMPLAINTS, content=b"\xff", headers=headers | {"Content-Type": "application/json"}),
            post(COMPLAINTS, json=[], headers=headers),
            post(COMPLAINTS, json=make_filing(channel="mail"), headers=headers),
            post(COMPLAINTS, json=make_filing(channel="not recorded"), headers=headers),
            post(COMPLAINTS, json=make_filing(language="English"), headers=headers),
            post(COMPLAINTS, json=make_filing(incident_on="1850-01-01"), headers=headers),
            post(COMPLAINTS, json=make_filing(), headers=headers | {"Idempotency-Key": "short"}),
            post(COMPLAINTS, json=make_filing(), headers=headers | {"If-Match": "three"}),
            post(f"{COMPLAINTS}/form", data={}, headers=headers),
            post(COMPLAINTS, content=b"x" * 1_000_001, headers=headers),
            get(track, headers={"Receipt-Code": "wrong"} | headers),
            get(track, headers=headers),
            get(track, headers={"Receipt-Code": "x" * 65} | headers),
            get("/agencies/nowhere/complaints/track", headers=code | headers),
            get("/nowhere", headers=headers),
            desk.client.put(COMPLAINTS, headers=headers),
        ]

    english, spanish = ask({}), ask(SPANISH)

    assert [answer.status_code for answer in english] == [answer.status_code for answer in spanish]
    assert all(answer.status_code >= 400 for answer in english)
    same = [one.json()["detail"] for one, other in zip(english, spanish, strict=True) if one.json() == other.json()]
    assert same == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Write the receipt code down"),
        ("es", "Anote el código de recibo"),
        (None, "Write the receipt code down"),
    ],
)
def test_whoever_complained_is_told_what_to_do_in_the_language_of_their_complaint(
    desk: Desk, language: str | None, words: str
) -> None:
    complaint = filed(desk, language=language)

    assert words in complaint["told"]
    assert complaint["number"] in complaint["told"]
    assert read(desk, complaint)["language"] == (language or "en")


@pytest.mark.parametrize(
    "narrative",
    [
        "x" * 20_000,
        "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{GIRL} he said \N{PILE OF POO}",
        "\u05d4\u05d5\u05d0 \u05d3\u05d7\u05e3 \u05d0\u05d5\u05ea\u05d9",
        "\u062f\u0641\u0639\u0646\u064a \u0628\u0642\u0648\u0629",
        "<script>alert('he pushed me')</script>\n<b>&amp;</b>",
        "first line\n\tsecond line\r\nthird",
        "'; drop table complaint; --",
        "{narrative} %s \\x00",
    ],
    ids=["20,000 characters", "emoji", "Hebrew", "Arabic", "HTML", "lines", "SQL", "templates"],
)
def test_what_happened_is_kept_as_it_was_written(desk: Desk, narrative: str) -> None:
    complaint = filed(desk, narrative=narrative, place=narrative[:100])

    found = read(desk, complaint)
    assert (found["narrative"], found["place"]) == (narrative, narrative[:100].strip())


@given(st.text(min_size=1, max_size=200))
def test_any_text_is_kept_as_it_was_written_or_refused_with_its_character(
    house: House, complaints: TestClient, text: str
) -> None:
    answer = complaints.post(COMPLAINTS, json=make_filing(narrative=text))

    if UNWRITTEN.search(text):
        assert (answer.status_code, answer.json()["detail"][:31]) == (422, "narrative: the control characte")
    elif not text.strip():
        assert answer.json()["detail"] == "narrative: String should have at least 1 character."
    else:
        assert answer.status_code == 201, answer.text
        headers = dict(house.person(Role.INTAKE).headers)
        kept = complaints.get(f"{COMPLAINTS}/{answer.json()['id']}", headers=headers).json()
        assert kept["narrative"] == text.strip()


def test_the_day_of_the_incident_is_the_agencys_own() -> None:
    late_evening = datetime(2028, 2, 29, 23, 30, tzinfo=UTC) + timedelta(hours=5)
    today = RULES.today(late_evening)

    refuse_untimely(today, today)
    assert f"{today}" == "2028-02-29"
    with pytest.raises(Malformed, match="2028-03-01, which is still to come"):
        refuse_untimely(today + timedelta(days=1), today)


@given(st.lists(st.sampled_from([" ", "-", ""]), min_size=24, max_size=24), st.booleans())
def test_a_receipt_code_is_read_however_it_is_typed(between: list[str], small: bool) -> None:  # noqa: FBT001
    receipt = new_receipt()
    letters = receipt.code.replace("-", "")
    typed = "".join(letter + gap for letter, gap in zip(letters, between, strict=True))

    assert read_receipt(typed.lower() if small else typed) == receipt
