"""Lists and single cases at ten thousand cases and at a million, against themselves."""

import json
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from statistics import median
from uuid import UUID

from benchmarks.house import AGENCIES, Installation, Run, installation
from benchmarks.load import Load, ask, fetch, request
from benchmarks.measure import compared, interleaved
from benchmarks.page import fill
from benchmarks.report import Findings, Line
from benchmarks.seed import EACH, seed
from gateway.statistics.counting import count_all
from shared.actors import Role
from shared.db import Database
from shared.issuer import DevelopmentIssuer
from shared.pages import cursor

FEW, MANY = 10_000, 1_000_000
TIMES = 100
"""Of each question in each round, one after the other."""
AIM = 1.5
NEWEST = datetime(2026, 11, 20, tzinfo=UTC)


def run(run: Run) -> Findings:
    """Measure questions at both sizes; two installations, so that they can take turns."""
    few, many = run.sized(FEW, 500), run.sized(MANY, 5_000)
    times = run.sized(TIMES, 5)
    with installation(run) as small, installation(run.beside()) as large:
        begun = time.perf_counter()
        filled(large, many)
        seconds = time.perf_counter() - begun
        filled(small, few)
        here = {"few": (small, questions(small, few)), "many": (large, questions(large, many))}
        lines = [grown(what, here, times, run.rounds) for what in here["few"][1]]
    return Findings(tuple(lines), notes(few, many, seconds))


def filled(here: Installation, cases: int) -> None:
    """Seed complaints and the feed, and start the servers."""
    with here.connect("complaints") as connection:
        seed(connection, cases)
    fill(here, cases)
    with closing(Database(here.settings.postgres, "gateway", connections=1)) as database:
        count_all(database)
    here.serve("complaints")
    here.serve("gateway")


def questions(here: Installation, cases: int) -> Mapping[str, tuple[str, bytes]]:
    """Return what is asked, by what it is called: which server, and the request."""
    intake = here.token(Role.INTAKE)
    investigator = bearer(here, "person", cases // EACH // 2)
    path = "/agencies/rivertown/complaints"
    moment = NEWEST - timedelta(seconds=40 * (cases // 2))
    middle = cursor(moment.date(), moment, UUID(int=0))
    month = f"received_from={moment.date() - timedelta(days=30)}&received_until={moment.date()}"
    number = 1  # of an officer and a patrol with cases in the first agency, at either size
    officer = UUID(md5(f"officer{number}".encode()).hexdigest())  # noqa: S324 - as PostgreSQL makes them
    commander = here.token(Role.COMMANDER)
    one = json.loads(fetch(here.serve("complaints"), request("GET", f"{path}?limit=1&after={middle}", intake))[1])
    case = one["complaints"][0]["id"]
    return {
        "list, newest first": ("complaints", request("GET", path, intake)),
        "list, a page in the middle": ("complaints", request("GET", f"{path}?after={middle}", intake)),
        "list, one state in a hundred": ("complaints", request("GET", f"{path}?state=withdrawn", intake)),
        f"list of an investigator with {EACH} cases": ("complaints", request("GET", path, investigator)),
        "list of a month in the middle": ("complaints", request("GET", f"{path}?{month}", intake)),
        "list, one number": ("complaints", request("GET", f"{path}?number=C2026-000001", intake)),
        f"list, an officer with {EACH} cases": ("complaints", request("GET", f"{path}?officer={officer}", intake)),
        "list, a category of most cases": ("complaints", request("GET", f"{path}?category=force", intake)),
        "list, a category of the oldest twentieth": ("complaints", request("GET", f"{path}?category=driving", intake)),
        f"search, a word in {EACH} narratives": ("complaints", request("GET", f"{path}?text=patrol{number}", intake)),
        "search, a word in every narrative": ("complaints", request("GET", f"{path}?text=brother", intake)),
        "search, a word in none": ("complaints", request("GET", f"{path}?text=zeppelin", intake)),
        f"history of an officer with {EACH} cases": (
            "complaints",
            request("GET", f"{path}/officers/{officer}/history", commander),
        ),
        "one case, whose reading is audited": ("complaints", request("GET", f"{path}/{case}", intake)),
        "feed of an agency, newest": ("gateway", request("GET", "/agencies/lansing-mi/feed.json")),
        "statistics, a table": ("gateway", request("GET", "/statistics/allegations-received.json")),
        "statistics, key figures": ("gateway", request("GET", "/statistics/figures.json")),
        "feed, a full page in the middle": ("gateway", request("GET", f"/feed.json?page={cases // 200}")),
    }


def bearer(here: Installation, kind: str, number: int) -> dict[str, str]:
    """Return the header of an investigator that the seeder made."""
    person = UUID(md5(f"{kind}{number}".encode()).hexdigest())  # noqa: S324 - as PostgreSQL makes them
    return {"Authorization": f"Bearer {DevelopmentIssuer(here.settings).mint(person, [Role.INVESTIGATOR], AGENCIES)}"}


def grown(
    what: str, here: Mapping[str, tuple[Installation, Mapping[str, tuple[str, bytes]]]], times: int, rounds: int
) -> Line:
    """Return the row that says how a question's slowest twentieth grows with the number of cases."""

    def asked(size: str) -> Load:
        place, said = here[size]
        name, sent = said[what]
        return ask(place.serve(name), lambda: sent, 200, times)

    contestants = {size: partial(asked, size) for size in here}
    interleaved(contestants, 1)
    found = interleaved(contestants, rounds)
    slow = {size: [load.ms(0.95) for load in loads] for size, loads in found.items()}
    usual = {size: median(load.ms(0.5) for load in loads) for size, loads in found.items()}
    ratio = compared(slow["many"], slow["few"])
    many = f"p95 {ratio.ours:.1f} ms, p50 {usual['many']:.1f} ms"
    few = f"p95 {ratio.baseline:.1f} ms, p50 {usual['few']:.1f} ms"
    return Line(what, many, few, ratio.ratio, ratio.spread, f"≤ {AIM}", ratio.ratio <= AIM)


def notes(few: int, many: int, seconds: float) -> str:
    """Say how it was measured."""
    return f"""### Lists and cases

Two installations, one with {few:,} complaints and entries of the feed and one with {many:,}, asked in turns
over HTTP, one question after the other; "ours" is the large one and the baseline the small one. Eight in ten
cases belong to one agency. An investigator and an officer have {EACH} cases each at either size, and {EACH}
narratives name one patrol. Seeding the large one took {seconds:.0f} s, with the index of words.
"""
