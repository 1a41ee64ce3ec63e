"""A calculation on paper: what a state and a country would need, from measured costs and stated assumptions.

`python -m benchmarks.scale` writes the tables of `docs/scale.md` anew; the numbers of the inputs stand here, each with
where it comes from.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path
from typing import NamedTuple

import typer

from benchmarks.growth_report import table
from shared.events import complaints, discipline, recognition, reconciliation
from shared.events.event import Event
from shared.outbox import REDUCED, SHARDS
from shared.relay import SHARDS_AT_ONCE
from shared.worker import IDLE, LEDGER_DAYS

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- tables: python -m benchmarks.scale -->\n", "<!-- end of tables -->\n"

LIVES: Mapping[str, tuple[type[Event], ...]] = {
    "complaint": (
        complaints.ComplaintReceived,
        complaints.ComplaintClassified,
        complaints.ComplaintAssigned,
        complaints.ComplaintInvestigated,
        complaints.ComplaintReviewed,
        complaints.ComplaintDecided,
        complaints.ComplaintClosed,
    ),
    "discipline": (
        discipline.DisciplineOpened,
        discipline.RangeComputed,
        discipline.SanctionProposed,
        discipline.NoticeServed,
        discipline.ResponseRecorded,
        discipline.DisciplineDecided,
        discipline.DisciplineBecameFinal,
        discipline.DisciplineImplemented,
        discipline.DisciplineCompleted,
    ),
    "commendation": (
        recognition.CommendationNominated,
        recognition.CommendationVerified,
        recognition.CommendationSubmitted,
        *[recognition.BallotCast] * 5,
        recognition.CommendationVoted,
        recognition.CommendationApproved,
        recognition.CommendationPresented,
    ),
    "reconciliation": (
        reconciliation.ProcessReferred,
        reconciliation.ProcessScreened,
        *[reconciliation.ConsentGiven] * 2,
        *[reconciliation.PartyPrepared] * 2,
        reconciliation.ProcessScheduled,
        reconciliation.ProcessHeld,
        reconciliation.ProcessAgreed,
        reconciliation.ProcessFollowedUp,
        reconciliation.ProcessClosed,
    ),
}
"""What is told in the usual life of each kind of case."""

YEAR = 365 * 86_400
GB = 1_000_000_000
RELAYS = SHARDS // SHARDS_AT_ONCE
"""Relays that find work at the same time when everything waits."""


class Figure(NamedTuple):
    """A number that goes in, and where it comes from."""

    value: float
    what: str
    source: str


GROWTH, LIMITS, ASSUMED = "measured: make growth", "measured: benchmarks.limits", "assumption"
CENSUS = "BJS, Census of State and Local Law Enforcement Agencies 2008: 765,000 sworn in 17,985 agencies"

INPUTS: Mapping[str, Figure] = {
    "officers": Figure(765_000 / 17_985, "officers of an agency", CENSUS),
    "rate": Figure(
        0.5,
        "complaints of all kinds per officer and year",
        f"{ASSUMED}, on purpose high; of force alone 0.066 in large agencies (BJS 2006, NCJ 210296)",
    ),
    "discipline": Figure(0.15, "discipline cases per complaint", f"{ASSUMED}; 8 % of force complaints were sustained"),
    "commendation": Figure(1.0, "commendations per complaint", ASSUMED),
    "reconciliation": Figure(0.05, "reconciliations per complaint", ASSUMED),
    "largest": Figure(0.05, "part of all officers that the largest agency has", ASSUMED),
    "peak": Figure(20, "busiest hour of the year over the average hour", ASSUMED),
    "people": Figure(340e6 / 765_000, "inhabitants per officer", f"{ASSUMED}: 340 million"),
    "reads": Figure(0.1, "pages and feed requests per inhabitant and year that no cache answers", ASSUMED),
    "news": Figure(200, "busiest hour of reading over the average hour", ASSUMED),
    "http": Figure(2.0, "cost of a request with HTTP and token, over the command alone", ASSUMED),
    "read": Figure(10.0, "ms of a core to answer a reader", ASSUMED),
    "full": Figure(0.5, "how busy a core may be in the busiest hour", ASSUMED),
    "copies": Figure(3, "copies of a record that a Kafka cluster keeps", ASSUMED),
    "file": Figure(9.17, "ms to file a complaint, without HTTP", LIMITS),
    "send": Figure(0.44, "ms to send an outbox row", LIMITS),
    "look": Figure(1.13, "ms to look at an outbox with nothing to send", LIMITS),
    "feed": Figure(1.63, "ms to append an entry to the feed", LIMITS),
    "apply": Figure(0.34, "ms to apply an event in a service", LIMITS),
    "letters": Figure(10.30, "ms to ask which cases of a batch wait, when 10,000 events do", LIMITS),
    "gauge": Figure(60.0, "ms to count 100,000 unsent events, once a minute", LIMITS),
    "row": Figure(759, "bytes of an outbox row with its indexes", GROWTH),
    "answer": Figure(501, "bytes of an answer that is kept for a repeated request", GROWTH),
    "inbox": Figure(139, "bytes of an inbox row", GROWTH),
    "audit": Figure(247, "bytes of an audit row", GROWTH),
    "entry": Figure(369, "bytes of a feed entry", GROWTH),
    "case": Figure(1_780, "bytes of a complaint with allegation, party and key", GROWTH),
    "record": Figure(328, "bytes of a record of the public topic", GROWTH),
}


def given(name: str) -> float:
    """Return an input."""
    return INPUTS[name].value


def audiences(event: type[Event]) -> int:
    """Return how many outbox rows an event makes: one for the services, and one for each audience outside."""
    return 1 + sum(event.seen_by_reaches(audience) for audience in REDUCED)


class Year(NamedTuple):
    """What happens in a year."""

    agencies: int
    complaints: float
    events: float
    rows: float
    """Of all outboxes."""
    entries: float
    """Of the feed."""
    reads: float


def year(agencies: int) -> Year:
    """Return a year of so many agencies."""
    filed = agencies * given("officers") * given("rate")
    cases = {"complaint": 1.0} | {name: given(name) for name in ("discipline", "commendation", "reconciliation")}
    told = [(share, event) for name, share in cases.items() for event in LIVES[name]]
    return Year(
        agencies,
        complaints=filed,
        events=filed * sum(share for share, _ in told),
        rows=filed * sum(share * audiences(event) for share, event in told),
        entries=filed * sum(share for share, event in told if audiences(event) == 1 + len(REDUCED)),
        reads=agencies * given("officers") * given("people") * given("reads"),
    )


class Need(NamedTuple):
    """What an installation needs."""

    ledger: float
    """Bytes that come and go: they are kept for `LEDGER_DAYS`."""
    kept: float
    """Bytes that stay, more every year."""
    topics: float
    """Bytes of the topics that stay, on all brokers together, more every year."""
    busy: float
    """Cores that work on cases in the busiest hour."""
    reading: float
    """Cores that answer the public in its busiest hour."""


def need(one: Year) -> Need:
    """Return what a year needs."""
    applied = one.events + one.entries
    part = LEDGER_DAYS / 365
    public = one.rows - one.events  # oversight and public
    return Need(
        ledger=part * (one.rows * given("row") + one.events * given("answer") + applied * given("inbox")),
        kept=one.complaints * given("case") + one.events * given("audit") + one.entries * given("entry"),
        topics=public * given("record") * given("copies"),
        busy=given("peak") / YEAR / 1000 * work_ms(one),
        reading=given("news") / YEAR / 1000 * one.reads * given("read"),
    )


def work_ms(one: Year) -> float:
    """Return the milliseconds of work that a year's cases are; a step costs at most what filing does."""
    steps = one.events * given("file") * given("http")
    return steps + one.rows * given("send") + one.events * given("apply") + one.entries * given("feed")


def needs() -> str:
    """Return the table of what is needed."""
    years = [year(500), year(18_000)]
    found = [need(one) for one in years]
    cores = [ceil(one.busy / given("full")) for one in found]
    nodes = [max(2, ceil(one.reading / given("full") / 2)) for one in found]
    lines: list[tuple[str, list[str]]] = [
        ("agencies", [f"{one.agencies:,}" for one in years]),
        ("complaints a year", [f"{one.complaints:,.0f}" for one in years]),
        ("events a year", [f"{one.events:,.0f}" for one in years]),
        ("outbox rows a year; a day", [f"{one.rows:,.0f}; {one.rows / 365:,.0f}" for one in years]),
        ("feed entries a year", [f"{one.entries:,.0f}" for one in years]),
        ("events a second in the busiest hour", [f"{one.events / YEAR * given('peak'):.2f}" for one in years]),
        ("requests of the public a second in theirs", [f"{one.reads / YEAR * given('news'):.1f}" for one in years]),
        (f"ledgers ({LEDGER_DAYS} days), GB", [f"{one.ledger / GB:.2f}" for one in found]),
        ("rows that stay, GB more a year", [f"{one.kept / GB:.2f}" for one in found]),
        ("topics that stay, GB more a year on all brokers", [f"{one.topics / GB:.2f}" for one in found]),
        ("cores for cases, half busy in the busiest hour", [str(one) for one in cores]),
        ("gateway nodes of two cores, at least two", [str(one) for one in nodes]),
    ]
    return table(("", "a state", "a country"), [(name, *values) for name, values in lines])


def limits() -> str:
    """Return the table of what would break, the nearest first."""
    country = year(18_000)
    peak = given("peak") / YEAR
    rows = [
        ("one lock gives out the feed's indexes", 1000 / given("feed"), country.entries * peak),
        ("one reader of a service", 1000 / given("apply"), country.events * peak),
        ("one relay", 1000 / given("send"), country.rows * peak),
        (f"{RELAYS} relays, for {SHARDS} shards", RELAYS * 1000 / given("send"), country.rows * peak),
        (
            "the largest agency's numbers: a lock until the commit",
            1000 / given("file"),
            country.complaints * given("largest") * peak,
        ),
    ]
    ordered = sorted(rows, key=lambda row: row[1] / row[2])
    heads = ("what", "at most, a second", "a country's busiest hour, a second", "room")
    return table(
        heads, [(what, f"{most:,.0f}", f"{load:.2f}", f"{most / load:,.0f} times") for what, most, load in ordered]
    )


def costs() -> Iterator[str]:
    """Yield what costs something beside the cases."""
    looks = given("look") / 1000 / IDLE
    yield f"An idle relay keeps {looks:.1%} of a core busy with its looks; there are four, and more for every replica."
    waiting = given("letters")
    yield f"10,000 events that wait for an operator cost a reader {waiting:.1f} ms before each batch of up to 500."
    yield f"With 100,000 unsent events each gauge of them keeps {given('gauge') / 60_000:.2%} of a core busy."
    entered = 10 * year(18_000).complaints
    rows, hours = entered * audiences(complaints.ComplaintImported), entered * given("feed") / 3_600_000
    yield (
        f"Ten years of a country's legacy records are {rows / 1e6:.0f} million outbox rows:"
        f" {rows * given('send') / 3_600_000:.0f} hours for one relay, {hours:.0f} hours for the feed."
    )


def inputs() -> str:
    """Return the table of what goes in."""
    rows = [(figure.what, f"{figure.value:,.6g}", figure.source) for figure in INPUTS.values()]
    return table(("input", "value", "where it comes from"), rows)


def tables() -> str:
    """Return everything that is computed, as it stands in the page."""
    free = "\n".join(f"- {line}" for line in costs())
    breaks = f"### What would break first\n\n{limits()}\n\n{free}"
    return f"\n### Needs\n\n{needs()}\n\n{breaks}\n\n### Inputs\n\n{inputs()}\n\n"


def with_tables(page: str) -> str:
    """Return the page with its tables computed anew."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{tables()}{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write the tables into the page."""
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    typer.echo(f"{PAGE} has its tables.")


if __name__ == "__main__":
    main()
