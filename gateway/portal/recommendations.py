"""The pages about recommendations: what agencies are to change, what people say of it, and what agencies answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed.models import Entry
from gateway.portal import queries
from gateway.portal.asking import Answer, Wish, as_form, ask, new_key
from gateway.portal.catalogue import PREFIXES, language_of
from gateway.portal.forms import CREATED, Kept, kept, key_of, sent
from gateway.portal.pages import LATEST, policy_of
from gateway.portal.rendering import page, private_page
from gateway.portal.showing import titled, told, word
from gateway.schedule import today
from shared.errors import NotFound
from shared.events import recommendations as events

READ, SENT = open_to_all("anyone may read the portal"), open_to_all("anyone may use the portal's forms")
TYPES = tuple(
    kind.name
    for kind in (
        events.RecommendationOpened,
        events.RecommendationPublished,
        events.RecommendationCommented,
        events.RecommendationAnswered,
        events.RecommendationImplemented,
        events.RecommendationEvaluated,
    )
)
COMMENT = ("text",)

pages = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class Recommendation:
    """A recommendation, as far as the entries tell."""

    agency: str
    reference: str
    opened: date
    text: str = ""
    until: str = ""
    """The last day for comments, as it is written."""
    comments: int = 0
    answer: str = ""
    implemented: bool = False
    effect: str = ""

    def note(self, entry: Entry) -> None:
        """Take in what an entry tells; of what was deleted from it nothing is known any more."""
        fields: dict[str, Any] = entry.fields
        match entry.type:
            case events.RecommendationPublished.name:
                self.text, self.until = fields.get("text", ""), fields.get("comments_until", "")
            case events.RecommendationCommented.name:
                self.comments = max(self.comments, fields.get("number", 0))
            case events.RecommendationAnswered.name:
                self.answer = fields.get("answer", "")
            case events.RecommendationImplemented.name:
                self.implemented = True
            case events.RecommendationEvaluated.name:
                self.effect = fields.get("effect", "")

    def is_open(self, today: date) -> bool:
        """Whether comments are taken; the service has the last word on that, by the agency's own calendar."""
        return bool(self.until) and not self.answer and today <= date.fromisoformat(self.until)


def gathered(entries: Sequence[Entry]) -> list[Recommendation]:
    """Return the recommendations that entries tell of, the one that was opened last first."""
    found: dict[str, Recommendation] = {}
    for entry in sorted(entries, key=lambda one: one.index):
        found.setdefault(entry.reference, Recommendation(entry.agency, entry.reference, entry.day)).note(entry)
    return list(reversed(found.values()))


@pages.get("/recommendations", dependencies=[READ])
async def recommendations(request: Request, session: Reading) -> Response:
    """Return what is recommended to agencies, and which findings against agencies there are."""
    language, now = language_of(request), today()
    board = gathered(await queries.of_types(session, *TYPES))
    found = await queries.of_types(session, queries.AGENCY_FOUND, limit=LATEST)
    return page(
        request,
        "recommendations.html",
        board=[(one, one.is_open(now)) for one in board],
        failures=told(request, found, language),
        said=lambda text: word(text, language),
    )


@pages.get("/recommendations/{reference}", dependencies=[READ])
async def recommendation(request: Request, session: Reading, reference: str) -> Response:
    """Return one recommendation with its history, and the form to comment on it while comments are taken."""
    return await shown(request, session, reference)


@pages.post("/recommendations/{reference}", dependencies=[SENT])
async def comment(request: Request, session: Reading, reference: str) -> Response:
    """Pass a comment on."""
    form = await request.form()
    found, _ = await read(session, reference)
    path = f"/agencies/{found.agency}/recommendations/of/{reference}/comments/form"
    wish = Wish("reconciliation", "POST", path, as_form(sent(form, COMMENT)), key=key_of(form))
    answer = await ask(request, wish)
    if answer.status != CREATED:
        return await shown(request, session, reference, answer, kept(form, COMMENT), wish.key)
    return private_page(request, "commented.html", CREATED, number=answer.content["number"], reference=reference)


async def shown(
    request: Request,
    session: AsyncSession,
    reference: str,
    answer: Answer | None = None,
    said: Kept | None = None,
    key: str = "",
) -> Response:
    """Return the page of a recommendation, with what was said before and why it was not taken."""
    found, history = await read(session, reference)
    return private_page(
        request,
        "recommendation.html",
        answer.status if answer else 200,
        one=found,
        agency=titled(policy_of(request), found.agency),
        open=found.is_open(today()),
        history=told(request, list(reversed(history)), language_of(request)),
        refusal=answer.refusal if answer else "",
        said=said or {},
        key=key or new_key(),
    )


async def read(session: AsyncSession, reference: str) -> tuple[Recommendation, Sequence[Entry]]:
    """Return a recommendation and its entries.

    Raises:
        NotFound: the feed tells of no such recommendation.
    """
    entries = await queries.of_case(session, reference)
    found = gathered([one for one in entries if one.type in TYPES])
    if not found:
        raise NotFound("The record tells of no such recommendation.")
    return found[0], entries


router = APIRouter(include_in_schema=False)
for prefix in PREFIXES.values():
    router.include_router(pages, prefix=prefix)
