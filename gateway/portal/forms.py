"""The pages of the portal on which people say something: complain, thank, and follow a case."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from gateway.doors import open_to_all
from gateway.feed.sentences import Language
from gateway.portal.asking import JSON, Answer, Wish, as_form, as_json, ask, new_key
from gateway.portal.catalogue import PREFIXES, Voice, language_of
from gateway.portal.pages import policy_of
from gateway.portal.rendering import private_page
from gateway.portal.showing import word
from gateway.statistics.crossing import NOT_SAID, WORDS
from gateway.statistics.labels import label
from shared.access import served
from shared.errors import NotFound
from shared.events.recognition import Criterion
from shared.sniffing import TYPES

ANYONE = open_to_all("anyone may use the portal's forms")
CREATED, SEE_OTHER = 201, 303
COUNTED_ONLY = ("race", "gender", "age_band")
"""What whoever complains may say of themselves; it is counted and does not go into the case (decision 0024)."""
COMPLAINT = ("narrative", "category", "incident_on", "place", "officer", "badge", "name", "contact", *COUNTED_ONLY)
THANKS = ("statement", "officer", "criterion", "deed_on", "name", "contact")
SCORES = ("easy", "informed", "respected", "fair", "again")
CODE = re.compile(r"[A-Za-z2-7 -]{1,60}")
KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
NO_CASE = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"
"""A code that opens nothing, for what cannot be one: the refusal is the same."""

Agency = Annotated[str, Query(max_length=100)]
Kept = Mapping[str, Sequence[str]]
writing = APIRouter(include_in_schema=False)


@writing.get("/complain", dependencies=[ANYONE])
async def complain(request: Request, agency: Agency = "") -> Response:
    """Return the form of a complaint, or first the question about which agency it is."""
    return complaint_form(request, chosen(request, agency))


@writing.post("/complain", dependencies=[ANYONE])
async def file_complaint(request: Request) -> Response:
    """File a complaint, and show its receipt code this one time."""
    form = await request.form()
    code = agency_of(request, form)
    fields = [*sent(form, COMPLAINT), ("language", spoken_at(request, code))]
    wish = Wish("complaints", "POST", f"/agencies/{code}/complaints/form", as_form(fields), key=key_of(form))
    answer = await ask(request, wish)
    if answer.status != CREATED:
        return complaint_form(request, code, answer, kept(form, COMPLAINT), wish.key)
    return private_page(request, "filed.html", CREATED, filed=answer.content, code=code)


def complaint_form(
    request: Request, code: str, answer: Answer | None = None, said: Kept | None = None, key: str = ""
) -> Response:
    """Return the form, with what was said before and why it was not taken."""
    if not code:
        return private_page(request, "choose.html", heading="complain_title", lead="complain_lead", path="/complain")
    language, rules = language_of(request), policy_of(request).agencies[code]
    labels = rules.taxonomy.categories.items()
    status, refusal = (answer.status, answer.refusal) if answer else (200, "")
    return private_page(
        request,
        "complain.html",
        status,
        code=code,
        categories=[(category, said_in.get(language, said_in["en"])) for category, said_in in labels],
        counted_only=counted_only(language),
        said=said or {},
        refusal=refusal,
        key=key or new_key(),
    )


def counted_only(language: Language) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Return what people may say of themselves, with the words that can be said and how people read them."""
    return [
        (attribute, [(said, label("said", said, None, language)) for said in WORDS[attribute] if said != NOT_SAID])
        for attribute in COUNTED_ONLY
    ]


@writing.get("/thank", dependencies=[ANYONE])
async def thank(request: Request, agency: Agency = "") -> Response:
    """Return the form of a thank-you, or first the question about which agency it is."""
    return thanks_form(request, chosen(request, agency))


@writing.post("/thank", dependencies=[ANYONE])
async def send_thanks(request: Request) -> Response:
    """Pass a thank-you on."""
    form = await request.form()
    code = agency_of(request, form)
    content = as_form(sent(form, THANKS))
    wish = Wish("recognition", "POST", f"/agencies/{code}/commendations/thanks/form", content, key=key_of(form))
    answer = await ask(request, wish)
    if answer.status != CREATED:
        return thanks_form(request, code, answer, kept(form, THANKS), wish.key)
    return private_page(request, "thanked.html", CREATED, thanked=answer.content)


def thanks_form(
    request: Request, code: str, answer: Answer | None = None, said: Kept | None = None, key: str = ""
) -> Response:
    """Return the form, with what was said before and why it was not taken."""
    if not code:
        return private_page(request, "choose.html", heading="thank_title", lead="thank_lead", path="/thank")
    criteria = [(str(one), word(str(one), language_of(request))) for one in Criterion]
    status, refusal = (answer.status, answer.refusal) if answer else (200, "")
    values = {"code": code, "criteria": criteria, "said": said or {}, "refusal": refusal, "key": key or new_key()}
    return private_page(request, "thank.html", status, **values)


@writing.get("/track", dependencies=[ANYONE])
async def track(request: Request) -> Response:
    """Return the question for the receipt code."""
    return private_page(request, "track.html", refusal="", agency="")


@writing.get("/track/{deed}", dependencies=[ANYONE])
async def track_again(request: Request, deed: str) -> Response:
    """Lead whoever comes back to the address of an answer to the question for the receipt code."""
    del deed
    return RedirectResponse(Voice(request).to("/track"), SEE_OTHER)


@writing.post("/track", dependencies=[ANYONE])
async def open_case(request: Request) -> Response:
    """Show the case that a receipt code opens."""
    form = await request.form()
    return await case_page(request, agency_of(request, form), code_of(form))


@writing.post("/track/{deed}", dependencies=[ANYONE])
async def do(request: Request, deed: str) -> Response:
    """Do what whoever holds the receipt code wants, and show the case after it."""
    content_of = DEEDS.get(deed)
    if content_of is None:
        raise NotFound("There is nothing at this address.")
    form = await request.form()
    agency, code = agency_of(request, form), code_of(form)
    path = f"/agencies/{agency}/complaints/track/{deed}"
    wish = Wish("complaints", "POST", path, content_of(form), JSON, code, key_of(form))
    return await case_page(request, agency, code, (await ask(request, wish)).refusal, done=True)


async def case_page(request: Request, agency: str, code: str, refusal: str = "", *, done: bool = False) -> Response:
    """Return the case as whoever holds its code sees it; or the question for the code, if it opens none."""
    path = f"/agencies/{agency}/complaints/track"
    found = await ask(request, Wish("complaints", "GET", path, code=code))
    if found.refusal:
        return private_page(request, "track.html", found.status, refusal=found.refusal, agency=agency)
    said = [(await ask(request, Wish("complaints", "GET", f"{path}/{what}", code=code))).content for what in TALK]
    language, settings = language_of(request), request.app.state.settings
    return private_page(
        request,
        "case.html",
        agency=agency,
        code=code,
        case=found.content,
        messages=said[0].get("messages", []),
        additions=said[1].get("messages", []),
        deposits=said[2].get("deposits", []),
        endings=ENDINGS,
        megabytes=settings.max_file_size // 1_000_000,
        refusal=refusal,
        done=done and not refusal,
        scores=SCORES,
        said=lambda text: word(text, language),
        new_key=new_key,
    )


TALK = ("messages", "additions", "evidence")
ENDINGS = ",".join(f".{ending}" for known in TYPES.values() for ending in known.endings)
"""What a browser offers to choose from; what a file is, its bytes tell the service."""
DEEDS: Mapping[str, Callable[[FormData], bytes]] = {
    "messages": lambda form: as_json(text=one(form, "text")),
    "additions": lambda form: as_json(text=one(form, "text")),
    "review": lambda form: as_json(because=one(form, "because")),
    "withdrawal": lambda form: as_json(because=one(form, "because")),
    "mediation": lambda form: as_json(consents=one(form, "consents") == "yes"),
    "feedback": lambda form: as_json(
        **{name: one(form, name) for name in SCORES},
        **({"text": one(form, "text")} if one(form, "text").strip() else {}),
    ),
}
"""What can be done with a receipt code → what is sent for it."""


def chosen(request: Request, agency: str) -> str:
    """Return the agency that was asked for; the only one where there is only one; or nothing.

    Raises:
        NotFound: no such agency is served here.
    """
    agencies = policy_of(request).agencies
    if agency:
        served(agency, agencies)
    return agency or (next(iter(agencies)) if len(agencies) == 1 else "")


def agency_of(request: Request, form: Mapping[str, object]) -> str:
    """Return the agency that a form is for.

    Raises:
        NotFound: no such agency is served here.
    """
    agency = one(form, "agency")
    if agency not in policy_of(request).agencies:
        raise NotFound("Choose the agency first; this one is not served here.")
    return agency


def spoken_at(request: Request, agency: str) -> str:
    """Return the language of the page, if the agency takes complaints in it."""
    language = language_of(request)
    return language if language in policy_of(request).agencies[agency].agency.languages else ""


def code_of(form: Mapping[str, object]) -> str:
    """Return the receipt code that was typed; of what cannot be one, a code that opens nothing."""
    typed = one(form, "code").strip()
    return typed if CODE.fullmatch(typed) else NO_CASE


def key_of(form: Mapping[str, object]) -> str:
    """Return what tells this wish from another."""
    key = one(form, "key")
    return key if KEY.fullmatch(key) else new_key()


def one(form: Mapping[str, object], name: str) -> str:
    """Return one field as text; a file is none."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def sent(form: FormData, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return these fields of a form, as often as they were sent."""
    return [(name, value) for name, value in form.multi_items() if name in names and isinstance(value, str)]


def kept(form: FormData, names: Sequence[str]) -> Kept:
    """Return what was typed, by field, so that nobody has to type it again."""
    said = sent(form, names)
    return {name: [value for named, value in said if named == name] for name in names}


router = APIRouter(include_in_schema=False)
for prefix in PREFIXES.values():
    router.include_router(writing, prefix=prefix)
