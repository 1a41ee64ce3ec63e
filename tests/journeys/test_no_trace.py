"""Of an anonymous complaint no process of an installation writes down who sent it, on either bus."""

import time

import httpx

from shared.bus.topics import read_topics
from tests.journeys.stack import Stack
from tests.journeys.test_story import PATIENCE, everything_on, whole_feed
from tests.make import make_filing
from tests.traces import COMPLAINTS, NAME, NARRATIVE, TRACES, everything_stored, sentinels_in, spelled


def test_no_process_writes_down_who_complained(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url, headers=TRACES, timeout=20, trust_env=False) as client:
        filing = make_filing(narrative=NARRATIVE, affected=[{"name": NAME}])
        filed = client.post(COMPLAINTS, json=filing)
        assert filed.status_code == 201, filed.text
        assert client.post(f"{COMPLAINTS}/form", data={"narrative": NARRATIVE}).status_code == 201
        assert client.get(f"{COMPLAINTS}/track", headers={"Receipt-Code": "wrong"}).status_code == 404
        assert client.post(COMPLAINTS, content=b"{").status_code == 422
        code = {"Receipt-Code": filed.json()["receipt_code"]}
        assert client.get(f"{COMPLAINTS}/track", headers=code).status_code == 200
    deadline = time.monotonic() + PATIENCE
    while filed.json()["public_ref"] not in str(whole_feed(stack)):
        assert time.monotonic() < deadline
        time.sleep(0.2)

    stored = everything_stored(stack.settings)
    topics = str(everything_on(stack, [topic.name for topic in read_topics()]))
    logged = "\n".join(log.read_text(encoding="utf-8") for log in stack.settings.folder.glob("*.log"))
    assert spelled(stored, NARRATIVE), "the search finds what is there"
    assert filed.json()["public_ref"] in topics
    assert (sentinels_in(stored), sentinels_in(topics), sentinels_in(logged)) == ([], [], [])
    assert NARRATIVE not in topics + logged
    assert not spelled(stored + topics + logged, NAME)
