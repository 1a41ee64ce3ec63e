"""Filing a complaint over HTTP, against FastAPI and psycopg doing one INSERT."""

import json
from functools import partial
from itertools import cycle
from uuid import uuid4

from benchmarks.house import AGENCIES, Installation, Run, installation
from benchmarks.load import MakeRequest, load, request
from benchmarks.measure import interleaved
from benchmarks.report import Findings, by_rate
from shared.actors import Role

CONNECTIONS = 8
SECONDS = 4.0
AIM = 0.5
FILING = {
    "narrative": "He pushed my brother against the car, and then he laughed. " * 8,
    "categories": ["force"],
    "incident_on": "2026-11-20",
}
NAMED = {**FILING, "complainant": {"name": "Ada Example", "contact": "ada@example.org"}}
NOTES = f"""### Filing

{CONNECTIONS} connections, each sending its next complaint when the last was answered; a named complainant, a
token, an `Idempotency-Key`, three agencies in turn. The baseline is FastAPI with a pydantic body, a connection
of psycopg for each thread and one INSERT and commit on the same PostgreSQL. Both wait for the commit on disk.
"""


def filings(here: Installation) -> MakeRequest:
    """Return what makes the next filing."""
    token, body, agencies = here.token(Role.INTAKE), json.dumps(NAMED).encode(), cycle(AGENCIES)

    def make() -> bytes:
        headers = {**token, "Idempotency-Key": str(uuid4())}
        return request("POST", f"/agencies/{next(agencies)}/complaints", headers, body)

    return make


def run(run: Run) -> Findings:
    """Measure filing."""
    with installation(run) as here:
        bare = here.serve_bare("filing", here.url("complaints"), "/openapi.json")
        simple = request("POST", "/complaints", body=json.dumps(FILING).encode())
        contestants = {"bare": partial(load, bare, lambda: simple, 201, CONNECTIONS, run.seconds(SECONDS))}
        for code in run.codes:
            server = here.serve("complaints", code)
            contestants[code] = partial(load, server, filings(here), 201, CONNECTIONS, run.seconds(SECONDS))
        interleaved(contestants, 1)  # warm
        found = interleaved(contestants, run.rounds)
    lines = (by_rate("filing a complaint, against one INSERT", found["ours"], found["bare"], AIM),)
    before = (by_rate("filing a complaint", found["ours"], found["before"]),) if run.before else ()
    return Findings(lines, NOTES, before)
