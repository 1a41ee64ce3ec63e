"""How many complaints wait for a decision, and when statistics come out next: what is not there yet is told, too."""

from datetime import date

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.database import Reading
from gateway.doors import open_to_all
from gateway.feed import queries
from gateway.feed.caching import kept
from gateway.feed.models import Entry, Pending
from gateway.schedule import next_release, today
from shared.access import Rules
from shared.events.record import CaseExpunged
from shared.policy import Policy
from shared.words import Shape

router = APIRouter(tags=["feed"])
of_agency = APIRouter(prefix="/agencies/{agency}", tags=["feed"])

ANYONE = open_to_all("anyone may read what is not decided yet")


class AgencyPipelineOut(Shape):
    """What waits in one agency."""

    agency: str
    title: str
    pending: int = Field(description="complaints that were received, or reopened, and are not decided yet")
    oldest_since: date | None = Field(description="the day since which the oldest of them has waited")
    expunged: int = Field(description="cases of which all values were deleted by an order")


class PipelineOut(Shape):
    """What waits, computed from the entries of the feed alone."""

    entries: int = Field(description="of the feed, from which it was computed")
    pending: int
    agencies: list[AgencyPipelineOut]
    next_statistics_release: date


@router.get("/pipeline.json", response_model=PipelineOut, dependencies=[ANYONE])
async def pipeline(request: Request, session: Reading) -> Response:
    """Return how many complaints of each agency wait for a decision."""
    policy: Policy = request.app.state.policy
    titles = {code: rules.agency.title for code, rules in policy.agencies.items()}
    return answer(request, await counted(session, titles))


@of_agency.get("/pipeline.json", response_model=PipelineOut, dependencies=[ANYONE])
async def agency_pipeline(request: Request, session: Reading, rules: Rules) -> Response:
    """Return how many complaints of one agency wait for a decision."""
    return answer(request, await counted(session, {rules.code: rules.agency.title}))


def answer(request: Request, out: PipelineOut) -> Response:
    """Return it under its ETag."""
    return kept(request, out.model_dump_json(), "application/json")


async def counted(session: AsyncSession, titles: dict[str, str]) -> PipelineOut:
    """Return what waits in these agencies."""
    waiting = select(Pending.agency, func.count(), func.min(Pending.since)).group_by(Pending.agency)
    found = {agency: (number, since) for agency, number, since in await session.execute(waiting)}
    tombs = select(Entry.agency, func.count()).where(Entry.type == CaseExpunged.name).group_by(Entry.agency)
    expunged = dict(iter(await session.execute(tombs)))
    agencies = [
        AgencyPipelineOut(
            agency=code,
            title=title,
            pending=found.get(code, (0, None))[0],
            oldest_since=found.get(code, (0, None))[1],
            expunged=expunged.get(code, 0),
        )
        for code, title in sorted(titles.items())
    ]
    return PipelineOut(
        entries=await queries.size(session),
        pending=sum(one.pending for one in agencies),
        agencies=agencies,
        next_statistics_release=next_release(today()),
    )


router.include_router(of_agency)
