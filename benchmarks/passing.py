"""The gateway between a caller and a service, against nothing between, and against a bare proxy."""

from functools import partial
from statistics import median
from uuid import uuid4

from benchmarks.house import Run, installation
from benchmarks.load import Load, ask, load, request
from benchmarks.measure import interleaved
from benchmarks.report import Findings, Line, by_rate

CONNECTIONS = 8
SECONDS = 3.0
ALONE = 300
"""Requests one after the other, which is how what a proxy adds is seen."""
AIM = 0.6
AIM_MS = 1.0
NOTES = f"""### Passing through

At the address of complaints stands a bare FastAPI with one answer, so that what is seen is the proxy. {CONNECTIONS}
connections for the rate; {ALONE} requests one after the other on one connection for what is added at the median.
"""


def run(run: Run) -> Findings:
    """Measure passing through."""
    documented = "/agencies/{agency}/complaints"
    target = documented.format(agency="rivertown")
    asked = request("GET", target, {"Authorization": f"Bearer {uuid4()}"})
    with installation(run) as here:
        services = {
            code: here.serve_bare("service", documented, target, here.port("complaints", code)) for code in run.codes
        }
        bare = here.serve_bare("proxy", f"http://127.0.0.1:{services['ours'].port}", target)
        servers = {"direct": services["ours"], "bare": bare} | {code: here.serve("gateway", code) for code in run.codes}
        many = {
            name: partial(load, server, lambda: asked, 200, CONNECTIONS, run.seconds(SECONDS))
            for name, server in servers.items()
        }
        alone = {
            name: partial(ask, server, lambda: asked, 200, run.sized(ALONE, 20)) for name, server in servers.items()
        }
        interleaved(many, 1)
        rates, times = interleaved(many, run.rounds), interleaved(alone, run.rounds)
    lines = (
        by_rate("gateway pass-through, against a bare aiohttp proxy", rates["ours"], rates["bare"], AIM),
        by_rate("gateway pass-through, against the service itself", rates["ours"], rates["direct"]),
        added("added by the gateway at p50, beside a bare proxy", times["ours"], times["bare"], times["direct"]),
    )
    before = (by_rate("gateway pass-through", rates["ours"], rates["before"]),) if run.before else ()
    return Findings(lines, NOTES, before)


def added(what: str, ours: list[Load], bare: list[Load], direct: list[Load]) -> Line:
    """Return the row that says how many milliseconds stand between the caller and the service."""
    between = [one.ms(0.5) - none.ms(0.5) for one, none in zip(ours, direct, strict=True)]
    other = [one.ms(0.5) - none.ms(0.5) for one, none in zip(bare, direct, strict=True)]
    ms = median(between)
    said = f"{ms:.2f} ms ({min(between):.2f} to {max(between):.2f})"
    return Line(what, said, f"{median(other):.2f} ms", None, None, f"≤ {AIM_MS:.0f} ms", ms <= AIM_MS)
