"""The arithmetic of the benchmarks, what they refuse, and a short measurement."""

import json
import socket
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from accord.rooms import ROOT
from benchmarks.__main__ import chosen, refuse_taken
from benchmarks.house import answering, process, program
from benchmarks.load import ask, load, request
from benchmarks.measure import CannotMeasureError, compared, interleaved, percentile, spread
from benchmarks.report import KEPT, Findings, Line, by_rate, page, table
from tests.broker import free_port


def test_every_contestant_runs_once_a_round_and_each_begins_in_turn() -> None:
    order: list[str] = []

    def runs(name: str) -> int:
        order.append(name)
        return len(order)

    found = interleaved({name: partial(runs, name) for name in "abc"}, 3)

    assert "".join(order) == "abcbcacab"
    assert found == {"a": [1, 6, 8], "b": [2, 4, 9], "c": [3, 5, 7]}


@pytest.mark.parametrize(("part", "expected"), [(0.01, 1), (0.5, 5), (0.51, 6), (0.95, 10), (0.99, 10), (1.0, 10)])
def test_a_percentile_is_one_of_the_values(part: float, expected: float) -> None:
    assert percentile([10, 3, 1, 2, 5, 4, 6, 7, 9, 8], part) == expected


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    found = compared([10, 100, 30], [20, 100, 10])

    assert (found.ours, found.baseline, found.ratio) == (30, 20, 1.0)
    assert found.spread == spread([0.5, 1.0, 3.0]) == 2.5


def test_what_was_written_by_hand_stays_on_the_page() -> None:
    line = Line("a thing", "2/s", "1/s", 2.0, 0.1, "≥ 0.5", met=True)

    written = page([Findings((line,), "### Why")], "a machine", "\nBecause.\n")

    assert written.endswith(f"{KEPT}\n\nBecause.\n")
    assert "| a thing | 2/s  | 1/s      | 2.00  | 10%    | ≥ 0.5 | yes |" in written
    assert "### Why" in written


def test_rows_stand_under_each_other() -> None:
    lines = [Line("a", "1", "22", None, None, "-", None), Line("bbbb", "1", "2", 0.25, 0.5, "≥ 1", met=False)]

    assert len({len(row) for row in table(lines).splitlines()}) == 1


def test_a_benchmark_that_there_is_not_is_a_sentence() -> None:
    with pytest.raises(CannotMeasureError, match=r"^There is no benchmark 'juggling'; there is filing, profile, "):
        chosen(["filing", "juggling"])


def test_a_taken_port_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotMeasureError, match=rf"^Port {port} cannot be used \(Address already in use"):
            refuse_taken(port)


def test_a_process_that_ends_by_itself_is_a_sentence_with_its_last_words(tmp_path: Path) -> None:
    with process(["-c", "raise SystemExit('the broker is on fire')"], tmp_path) as broken:
        broken.running.wait(20)
        with pytest.raises(CannotMeasureError, match="it said: the broker is on fire"):
            broken.check()


def test_a_short_run_measures_a_server_beside_another(tmp_path: Path) -> None:
    told = json.dumps({"body": "the same", "headers": {"etag": '"1"'}})
    with ExitStack() as kept:
        ports = [free_port(), free_port()]
        programs = [program(ROOT, "benchmarks.bare", "page", str(port), told) for port in ports]
        running = [kept.enter_context(process(one, tmp_path)) for one in programs]
        servers = [answering(one, port, "/page") for one, port in zip(running, ports, strict=True)]
        asked = request("GET", "/page", {"If-None-Match": '"1"'})
        measured = {one.port: partial(load, one, lambda: asked, 304, 2, 0.2) for one in servers}
        first, second = interleaved({str(port): one for port, one in measured.items()}, 1).values()
        with pytest.raises(CannotMeasureError, match="answered 304 and not 200"):
            ask(servers[0], lambda: asked, 200, 1)

    row = by_rate("page", first, second)
    assert row.what == "page"
    assert all(one.running.returncode is not None for one in running)
