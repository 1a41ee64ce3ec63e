import csv
from collections import Counter
from http import HTTPStatus
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accord.importing import send
from shared.actors import Role
from tests.accord.conftest import Desk, serving
from tests.accord.make import make_row

MEANT = {"Sustained": "sustained", "Unfounded": "unfounded", "Noted": "administratively closed", "Open": None}


def make_rows(case: str) -> list[dict[str, str]]:
    """Return three complaints in five rows."""
    results = [("1", "Sustained"), ("1", "Unfounded"), ("1", "Unfounded"), ("2", "Noted"), ("3", "Open")]
    return [
        make_row(Case=f"{case}{number}", Line=str(line), Result=result, What=("Rude", "Force")[line % 2])
        for line, (number, result) in enumerate(results)
    ]


def lines(output: str) -> dict[str, str]:
    """Return the summary: what was counted, and how many."""
    return dict(line.strip().rsplit(maxsplit=1) for line in output.splitlines() if line.rstrip()[-1:].isdigit())


def test_the_public_hears_of_every_finding_in_the_table(desk: Desk, case: str) -> None:
    rows = make_rows(case)
    desk.table(*rows)

    done = desk.imports()

    assert (desk.quarantine(), done.stderr, done.exit_code) == ("", "", 0)
    told = Counter[str | None]()
    for event in desk.told(case):
        assert (event["received_on"], event["precision"]) == ("2019-03-02", "day")
        for counted in event["findings"]:
            told[counted["finding"]] += counted["count"]
    assert told == Counter(MEANT[row["Result"]] for row in rows)
    assert lines(done.stdout) == {
        "rows": "5",
        "complaints": "3",
        "findings": "4",
        "administratively closed": "1",
        "sustained": "1",
        "unfounded": "2",
        "pending": "1",
        "time limits not kept": "4",
        "acknowledgement": "1",
        "classification": "1",
        "investigation": "1",
        "whole": "1",
        "entered": "3",
        "entered before": "0",
        "quarantined": "0",
    }


def test_a_table_imported_twice_changes_nothing(desk: Desk, case: str) -> None:
    rows = make_rows(case)
    desk.table(*rows)
    token = desk.token(Role.RECORDS)
    first = desk.imports(token=token)
    kept = desk.kept()

    desk.table(*reversed(rows))
    again = desk.imports(token=token)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert desk.kept() == kept
    assert (lines(again.stdout)["entered"], lines(again.stdout)["entered before"]) == ("0", "3")


def test_a_dry_run_says_the_same_and_sends_nothing(desk: Desk, case: str) -> None:
    desk.table(*make_rows(case), make_row(Case=f"{case}4", Line="9", Result="Maybe"))
    kept = desk.kept()

    done = desk.imports("--dry-run", "--url", "http://127.0.0.1:9", token="")

    assert done.exit_code == 3
    assert (lines(done.stdout)["rows"], lines(done.stdout)["complaints"], lines(done.stdout)["entered"]) == (
        "6",
        "3",
        "0",
    )
    assert done.stdout.endswith("Nothing was sent: this was a dry run.\n")
    assert "Result: 'Maybe' is not mapped to a finding; add it to the mapping." in desk.quarantine()
    assert desk.kept() == kept


def test_a_corrected_quarantine_can_be_imported(desk: Desk, case: str) -> None:
    good, bad = make_row(Case=f"{case}1"), make_row(Case=f"{case}2", Line="2", Result="Maybe")
    desk.table(good, bad)
    first = desk.imports()

    assert first.exit_code == 3
    assert first.stderr == ("accord: Rows that do not hold up are in cases.quarantine.csv, each with the reason.\n")
    (aside,) = csv.DictReader(desk.quarantine().splitlines())
    reason = "Result: 'Maybe' is not mapped to a finding; add it to the mapping."
    assert aside == {"quarantine_row": "3", "quarantine_reason": reason, **bad}

    (desk.folder / "corrected.csv").write_text(desk.quarantine().replace(",Maybe", ",Unfounded"))
    second = desk.imports(file="corrected.csv")

    assert (second.exit_code, lines(second.stdout)["entered"]) == (0, "1")
    assert len(desk.told(case)) == 2


def test_a_record_that_has_changed_is_set_aside_with_the_servers_sentence(desk: Desk, case: str) -> None:
    desk.table(make_row(Case=f"{case}1", Result="Open"))
    desk.imports()
    kept = desk.kept()

    desk.table(make_row(Case=f"{case}1", Result="Sustained"), make_row(Case=f"{case}1", Line="2"))
    done = desk.imports()

    assert (done.exit_code, lines(done.stdout.replace(" rows", ""))["quarantined"]) == (3, "2")
    refused = f"The server refused it: The record '{case}1' was entered before with another content."
    reasons = [aside["quarantine_reason"] for aside in csv.DictReader(desk.quarantine().splitlines())]
    assert reasons == [refused, refused]
    assert desk.kept() == kept


class LosesAnswers:
    """Carries every request out and then loses the answer, once or twice for each, as a network does."""

    def __init__(self, app: ASGIApp, *statuses: int) -> None:
        self.app = app
        self.statuses = statuses
        self.tries: Counter[bytes] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry out one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        key = dict(scope["headers"])[b"idempotency-key"]
        self.tries[key] += 1
        if self.tries[key] > len(self.statuses):
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, nowhere)
        status = self.statuses[self.tries[key] - 1]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b'{"type": "/problems/under-way"}' if status == 409 else b""})


async def nowhere(_: Message) -> None:
    """Lose a part of an answer."""


def test_a_lost_answer_is_asked_for_again(
    desk: Desk, case: str, complaints_app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "PAUSES", (0.01,) * 5)
    front = LosesAnswers(complaints_app, 502, 409, 503, 504, 429)
    desk.table(*make_rows(case))

    with serving(front) as url:
        done = desk.imports("--url", url)

    assert (done.exit_code, done.stderr, lines(done.stdout)["entered"]) == (0, "", "3")
    assert list(front.tries.values()) == [6]
    assert len(desk.told(case)) == 3


def test_a_stack_that_does_not_answer_is_said_to_be_away(
    desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "PAUSES", (0.01,))
    desk.table(*make_rows(case), make_row(Case=f"{case}4", Line="9", Result="Maybe"))

    done = desk.imports("--url", "http://127.0.0.1:9")

    assert (done.exit_code, lines(done.stdout)["not sent"]) == (1, "3")
    assert "http://127.0.0.1:9 cannot be reached or is not ready: " in done.stderr
    assert done.stderr.endswith("Run the import again to go on; nothing is entered twice.\n")
    assert "'Maybe'" in desk.quarantine()


async def elsewhere(scope: Scope, _: Receive, send: Send) -> None:
    """Answer everything with a friendly page, as servers do that are not Accord."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": []})
        await send({"type": "http.response.body", "body": b"<h1>It works!</h1>"})


def test_an_address_that_is_not_accord_enters_nothing(desk: Desk, case: str) -> None:
    desk.table(*make_rows(case))

    with serving(elsewhere) as url:
        done = desk.imports("--url", url)

    assert (done.exit_code, lines(done.stdout)["not sent"], lines(done.stdout)["entered before"]) == (2, "3", "0")
    assert f"{url} answers 200 to everything: status 200 and no sentence; is this Accord?" in done.stderr


def test_a_token_without_the_role_enters_nothing(desk: Desk, case: str) -> None:
    desk.table(*make_rows(case))

    done = desk.imports(token=desk.token(Role.INTAKE))

    assert (done.exit_code, lines(done.stdout)["not sent"]) == (2, "3")
    assert "This takes one of the roles records." in done.stderr


def test_a_development_stack_on_this_machine_needs_no_token(desk: Desk, case: str) -> None:
    desk.table(*make_rows(case))

    assert desk.imports(token="").exit_code == 0
    assert len(desk.told(case)) == 3


def test_without_a_token_the_operator_is_told_where_one_comes_from(
    desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.table(*make_rows(case))
    elsewhere = desk.imports("--url", "https://accord.example.org", token="")
    monkeypatch.setenv("ACCORD_FOLDER", str(desk.folder / "none"))
    nowhere_installed = desk.imports(token="")

    for done in (elsewhere, nowhere_installed):
        assert done.exit_code == 2
        assert done.stderr.startswith("accord: A token with the role records is needed: give --token or set ")
    assert not (desk.folder / "none").exists()


@pytest.mark.parametrize(
    ("over", "options", "sentence"),
    [
        ({"agency": "atlantis"}, [], "map.toml: agency: there is no agency 'atlantis'; there is "),
        ({"place": "Whereabouts"}, [], "cases.csv has no column 'Whereabouts'; it has Case, Line, "),
        ({}, ["--url", "ftp://127.0.0.1"], "'ftp://127.0.0.1' is no address of a gateway; one looks like http://"),
        ({}, ["--token", "it has spaces"], "The token is no token; give what `accord token` or the identity "),
        ({}, ["--quarantine", "cases.csv"], "cases.csv is there already and is no quarantine of another run; "),
        ({}, ["--quarantine", "none/q.csv"], "The quarantine cannot be written to none/q.csv: No such file or "),
        ({}, ["--quarantine", "map.toml"], "map.toml is there already and is no quarantine of another run; "),
    ],
)
def test_an_import_that_cannot_be_done_is_refused_before_anything_is_sent(
    desk: Desk, case: str, over: dict[str, Any], options: list[str], sentence: str
) -> None:
    desk.table(*make_rows(case), **over)
    kept = desk.kept()

    done = desk.imports(*options)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"accord: {sentence}")
    assert desk.kept() == kept
