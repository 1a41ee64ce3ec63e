"""What an operator orders of the public record goes through the outbox, and nothing is ordered half."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gateway.feed.consumers import append_all
from gateway.feed.orders import case_id
from shared.cases import new_reference
from shared.occasion import Occasion
from tests.accord.conftest import run
from tests.gateway.make import make_envelope
from tests.rooms import House

WHY = "The court's letter of Tuesday."
ORDER = ("--basis", "court-order", "--authority", "Superior Court", "--why", WHY)


def entered(house: House) -> tuple[int, str]:
    """Append an entry, and return its index and reference."""
    reference = new_reference()
    with (
        house.database("gateway") as database,
        database.transaction(Occasion(service="gateway", agency="")) as session,
    ):
        append_all(session, [(make_envelope(subject=reference), b'{"channel": "web", "categories": ["force"]}')])
        index = session.scalar(text("select index from entry where reference = :it"), {"it": reference})
    return int(index or 0), reference


def ordered(house: House, reference: str) -> tuple[list[str], list[tuple[str, UUID, str]]]:
    """Return the types of the events that wait to be sent about a case, and what the audit says."""
    with (
        house.database("gateway") as database,
        database.transaction(Occasion(service="gateway", agency="rivertown")) as session,
    ):
        at = {"id": case_id(reference)}
        told = session.scalars(text("select type from outbox where case_id = :id and topic = 'accord.public'"), at)
        deeds = session.execute(text("select deed, actor_id, why from audit where case_id = :id order by id"), at)
        return list(told), [(row.deed, row.actor_id, row.why) for row in deeds]


def test_an_order_is_published_and_audited(house: House, screen: pytest.CaptureFixture[str]) -> None:
    (index, reference), one, two = entered(house), uuid4(), uuid4()
    by = ("--person", str(one))
    right = ("--field", "categories", "--right", "It was discourtesy.")
    for deed, said in (
        (("correct", str(index), *right), f"The correction of entry {index} will appear in the feed.\n"),
        (
            ("redact", str(index), "--field", "channel"),
            f"channel of entry {index} will be deleted, and the feed will say so.\n",
        ),
        (
            ("expunge", reference),
            f"All values of {reference} will be deleted, and the feed will say so.\n",
        ),
    ):
        people = (*by, "--person", str(two)) if deed[0] == "expunge" else by
        assert run(screen, "record", *ORDER, *people, *deed) == (0, said)
    kinds = ["record.corrected.v1", "record.redacted.v1", "record.expunged.v1"]
    expected = [(kind, one, WHY) for kind in kinds] + [("record.expunged.v1", two, WHY)]
    assert ordered(house, reference) == (kinds, expected)


def test_what_is_refused_leaves_nothing_behind(house: House, screen: pytest.CaptureFixture[str]) -> None:
    (index, reference), one = entered(house), str(uuid4())
    by = (*ORDER, "--person", one)
    assert run(screen, "record", *by, "expunge", reference) == (
        1,
        "accord: An expungement takes two people; name two different ones.\n",
    )
    assert run(screen, "record", *by, "--person", one, "expunge", reference)[0] == 1
    assert run(screen, "record", *by, "redact", str(index), "--field", "narrative")[0] == 1
    assert run(screen, "record", *by, "redact", str(2**62), "--field", "channel")[0] == 1
    code, said = run(screen, "record", *by, "--basis", "Said Jane", "redact", str(index), "--field", "channel")
    assert (code, said.split(" is not written")[0]) == (1, "accord: basis")
    assert "Jane" not in said
    assert (
        run(screen, "record", *ORDER, "--person", str(UUID(int=0)), "redact", str(index), "--field", "channel")[0] == 2
    )
    blank = ("--basis", "x", "--authority", "y", "--why", " ", "--person", one)
    assert run(screen, "record", *blank, "redact", str(index), "--field", "channel")[0] == 2
    assert ordered(house, reference) == ([], [])


@pytest.mark.parametrize("odd", ["\a", "\u202e", "\udcff", "\u2066", "\x7f"])
def test_what_no_keyboard_writes_is_not_published(house: House, screen: pytest.CaptureFixture[str], odd: str) -> None:
    (index, reference), by = entered(house), ("--person", str(uuid4()))
    correct = ("correct", str(index), "--field", "channel", "--right")
    for wrong in ((*ORDER, *by, *correct, f"a{odd}b"), (*ORDER, "--authority", f"a{odd}b", *by, *correct, "x")):
        code, said = run(screen, "record", *wrong)
        assert (code, f"the character U+{ord(odd):04X} cannot be published" in said) == (2, True)
    assert run(screen, "statistics", "correct", "1", "--because", f"a{odd}b")[0] == 2
    assert ordered(house, reference) == ([], [])


def test_the_feed_is_built_again_by_the_owner_of_the_tables_only(
    house: House, screen: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACCORD_POSTGRES_OWNER", raising=False)
    refused = "accord: Name the server as the role that owns the tables, with --postgres.\n"
    assert run(screen, "feed", "rebuild") == (1, refused)
    assert house.settings.postgres_owner
