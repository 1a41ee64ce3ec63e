"""Reading the feed, against Starlette serving the same bytes."""

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from http import HTTPStatus

from benchmarks.house import Installation, Run, installation
from benchmarks.load import Load, fetch, load, request
from benchmarks.measure import interleaved
from benchmarks.report import Findings, Line, by_rate

CONNECTIONS = 8
SECONDS = 3.0
AIM = 0.8
ENTRIES = 1_000
KEPT_HEADERS = ("etag", "cache-control", "content-type", "access-control-allow-origin")
PAGES = {
    "a full page": ("/feed.json?page=3", 200),
    "the newest page": ("/feed.json", 200),
    "a full page, revalidated (304)": ("/feed.json?page=3", 304),
}
NOTES = f"""### The feed

A feed of {ENTRIES:,} entries, a hundred on a page (about 60 kB of JSON); {CONNECTIONS} connections. The baseline is one
route of Starlette that answers with the very same bytes and headers from memory.
"""
FILL = """
insert into entry (index, event_id, type, agency, reference, day, fields, salts, digests)
select i, gen_random_uuid(), 'complaint.received.v1',
       (array['rivertown', 'lansing-mi', 'south-bend-in'])[mod(i, 3) + 1],
       translate(substr(md5(i::text), 1, 16), '0189', 'wxyz'), %s,
       '{"channel": "web", "categories": ["force"], "anonymous": true}',
       jsonb_build_object('channel', md5('a' || i), 'categories', md5('b' || i), 'anonymous', md5('c' || i)),
       jsonb_build_array(repeat(md5('d' || i), 2), repeat(md5('e' || i), 2), repeat(md5('f' || i), 2))
from generate_series(0, %s - 1) as i
"""


def fill(here: Installation, entries: int) -> None:
    """Write a feed of so many entries, as the reader would have written it."""
    with here.connect("gateway") as connection:
        connection.execute("truncate entry")
        connection.execute(FILL, (date(2026, 11, 20), entries))
        connection.execute("update feed_head set next_index = %s, acts = acts + 1", (entries,))
        connection.execute("notify feed")
        connection.execute("analyze entry")


def run(run: Run) -> Findings:
    """Measure reading the feed."""
    lines: list[Line] = []
    before: list[Line] = []
    with installation(run) as here:
        fill(here, ENTRIES)
        for what, (target, status) in PAGES.items():
            found = compare(run, here, target, status)
            lines.append(by_rate(f"feed: {what}", found["ours"], found["bare"], AIM))
            if run.before:
                before.append(by_rate(f"feed: {what}", found["ours"], found["before"]))
    return Findings(tuple(lines), NOTES, tuple(before))


def compare(run: Run, here: Installation, target: str, status: int) -> Mapping[str, list[Load]]:
    """Return the loads of ours, and of Starlette with the same bytes."""
    headers, body = fetch(here.serve("gateway"), request("GET", target))
    told = json.dumps({"body": body.decode(), "headers": {name: headers[name] for name in KEPT_HEADERS}})
    conditional = {"If-None-Match": headers["etag"]} if status == HTTPStatus.NOT_MODIFIED else {}
    asked = {"bare": (here.serve_bare("page", told, "/page"), request("GET", "/page", conditional))}
    asked |= {code: (here.serve("gateway", code), request("GET", target, conditional)) for code in run.codes}
    contestants = {
        name: partial(load, server, lambda said=said: said, status, CONNECTIONS, run.seconds(SECONDS))  # type: ignore[misc]
        for name, (server, said) in asked.items()
    }
    interleaved(contestants, 1)
    return interleaved(contestants, run.rounds)
