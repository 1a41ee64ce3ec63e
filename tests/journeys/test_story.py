"""One true story through all four services, as the public reads it; also while processes die."""

import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accord.demo.caller import Caller
from accord.demo.people import People, meet
from accord.demo.story import NAME, NARRATIVE, Played, play
from shared.bus import Record
from shared.bus.connect import connect
from shared.bus.topics import read_topics
from tests.journeys.stack import Stack

PATIENCE = 90.0

TOLD = (
    (
        "complaint.received.v1",
        "complaint.classified.v1",
        "complaint.assigned.v1",
        "complaint.investigated.v1",
        "complaint.decided.v1",
        "complaint.harm_referred.v1",
        "complaint.closed.v1",
    ),
    (
        "discipline.opened.v1",
        "discipline.final.v1",
        "discipline.implemented.v1",
        "discipline.completed.v1",
    ),
    (
        "reconciliation.referred.v1",
        "reconciliation.screened.v1",
        "reconciliation.scheduled.v1",
        "reconciliation.held.v1",
        "reconciliation.agreed.v1",
    ),
    (
        "commendation.nominated.v1",
        "commendation.verified.v1",
        "commendation.submitted.v1",
        "commendation.voted.v1",
        "commendation.approved.v1",
        "commendation.presented.v1",
    ),
)
"""What the public hears of the complaint, the discipline case, the reconciliation process and the commendation."""


def told_story(stack: Stack, people: People) -> Played:
    """Play the story once."""
    with Caller(stack.url) as caller:
        return play(caller, people, lambda _: None)


def whole_feed(stack: Stack) -> list[dict[str, Any]]:
    """Return every entry of the feed, the oldest first."""
    entries: list[dict[str, Any]] = []
    url: str | None = f"{stack.url}/feed.json"
    while url:
        page = httpx.get(url, timeout=10, trust_env=False).raise_for_status().json()
        entries += [item["_accord"] for item in page["items"]]
        following = page.get("next_url")
        url = f"{stack.url}{following}" if following else None
    return sorted(entries, key=lambda entry: int(entry["index"]))


def told(stack: Stack, played: Played) -> tuple[tuple[str, ...], ...]:
    """Return what the public has heard of each case of the story, in order."""
    feed = whole_feed(stack)
    return tuple(
        tuple(entry["type"] for entry in feed if entry["reference"] == reference) for reference in played.references
    )


def wait_until_told(stack: Stack, played: Played) -> None:
    """Return when the feed has as many entries about the story as it should."""
    deadline = time.monotonic() + PATIENCE
    while sum(map(len, told(stack, played))) < sum(map(len, TOLD)):
        assert time.monotonic() < deadline, told(stack, played)
        time.sleep(0.2)


def everything_on(stack: Stack, topics: list[str]) -> list[Record]:
    """Return every record of these topics, read raw."""
    bus = connect(stack.settings)
    member = bus.consumer(f"reading-{uuid4()}", topics)
    records: list[Record] = []
    quiet = 0
    while quiet < 5:
        found = member.poll(1.0)
        records += [delivery.record for delivery in found]
        quiet = 0 if found else quiet + 1
    member.close()
    bus.close()
    return records


def test_the_whole_story_is_told_once_and_in_order(stack: Stack) -> None:
    played = told_story(stack, meet(stack.issuer()))
    wait_until_told(stack, played)

    assert told(stack, played) == TOLD
    assert [entry["index"] for entry in whole_feed(stack)] == list(range(len(whole_feed(stack))))


def test_nothing_private_is_on_any_topic_or_in_the_feed(stack: Stack) -> None:
    people: People = meet(stack.issuer())
    played = told_story(stack, people)
    wait_until_told(stack, played)

    reduced = str(everything_on(stack, ["accord.public", "accord.oversight"]))
    all_topics = str(everything_on(stack, [topic.name for topic in read_topics()]))
    feed = str(whole_feed(stack)) + httpx.get(stack.url, timeout=10, trust_env=False).text

    for text in (
        NARRATIVE,
        NAME,
        "ana.ruiz",
        "badge ends in 7",
        "recordings",
        "lost my temper",
        "Library",
        "the night",
    ):
        assert text not in all_topics
        assert text not in feed
    assert played.references[0] in reduced
    ids = [str(person.id) for person in people.everyone()]
    cases = [str(case["id"]) for case in (played.complaint, played.discipline, played.reconciliation)]
    for private in (*ids, *cases, played.complaint["number"], played.receipt_code):
        assert private not in reduced
        assert private not in feed


@pytest.mark.timeout(600)
def test_every_story_ends_and_is_told_once_while_every_process_is_killed(stack: Stack) -> None:
    stories: list[Played] = []
    with Caller(stack.url, patience=120) as caller, stack.killing(seed=20261123) as all_killed:
        while not all_killed.is_set():
            stories.append(play(caller, meet(stack.issuer()), lambda _: None))
    for played in stories:
        wait_until_told(stack, played)
    time.sleep(2)

    assert stories
    assert [told(stack, played) for played in stories] == [TOLD] * len(stories)
    assert [entry["index"] for entry in whole_feed(stack)] == list(range(len(whole_feed(stack))))
