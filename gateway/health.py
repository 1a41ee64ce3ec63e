"""Whether the gateway runs, and whether it can do its work."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from gateway.database import condition
from gateway.doors import open_to_all
from shared.app import readiness

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", dependencies=[open_to_all("whether the process runs")])
async def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "running"}


@router.get("/ready", dependencies=[open_to_all("whether requests can be served")])
async def ready(request: Request) -> JSONResponse:
    """Say whether the database and the bus can be reached; the bus being away does not stop requests."""
    state = request.app.state
    return readiness(await condition(state.engine), bus=await run_in_threadpool(state.bus.reachable))
