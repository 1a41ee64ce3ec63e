"""Whoever writes the feed may die at any step: no entry is missing, and none is there twice."""

import os
import subprocess
import sys

import psycopg
from sqlalchemy.engine import make_url

from accord.rooms import ROOT
from gateway.feed import orders
from shared.bus.connect import BUS_DATABASE
from shared.cases import new_reference
from shared.occasion import Occasion
from shared.relay import Relay
from tests.gateway.conftest import Feed
from tests.gateway.dying import DIED
from tests.gateway.make import make_record
from tests.gateway.test_feed_acts import DECIDED, ONE, TWO, order

MOST_STEPS = 60


def read_until(feed: Feed, step: int) -> int:
    """Let a process read the topic that dies before this step; returns how it ended."""
    chosen = {
        "ACCORD_FOLDER": str(feed.settings.folder),
        "ACCORD_POSTGRES": feed.settings.postgres,
        "PYTHONPATH": str(ROOT),
    }
    reading = (sys.executable, "-m", "tests.gateway.dying", str(step))
    return subprocess.run(reading, env={**os.environ, **chosen}, cwd=ROOT, check=False, timeout=60).returncode


def give_up_the_dead(feed: Feed) -> None:
    """Let the place of a dead member be free, as it would be by itself after some seconds."""
    owner = make_url(feed.settings.postgres_owner).set(drivername="postgresql", database=BUS_DATABASE)
    with psycopg.connect(owner.render_as_string(hide_password=False)) as connection:
        connection.execute("delete from bus_lease where group_name = 'feed'")
        connection.execute("delete from bus_member where group_name = 'feed'")


def test_a_reader_may_die_before_any_of_its_steps(feed: Feed) -> None:
    """It deletes and corrects meanwhile, so that these steps are among them."""
    entered, died = 0, 0
    for step in range(MOST_STEPS):
        reference = new_reference()
        record = make_record(subject=reference)
        feed.tell(record)
        with feed.database.transaction(Occasion(service="gateway", agency="")) as session:
            orders.expunge(session, reference, order(ONE, TWO))
        relay = Relay(feed.database, feed.bus)
        while sum(relay.send() for _ in range(16)):
            pass
        late = make_record(DECIDED, type="complaint.decided.v1", subject=reference)
        feed.bus.publish([record, late, late])
        ended = read_until(feed, step)
        give_up_the_dead(feed)
        feed.tell()
        entered += 3
        found = feed.ask(f"select index, type, fields = '{{}}' from entry where reference = '{reference}' order by 1")
        assert found == [
            (entered - 3, "complaint.received.v1", True),
            (entered - 2, "record.expunged.v1", False),
            (entered - 1, "complaint.decided.v1", True),
        ], f"after it died before step {step}"
        if ended != DIED:
            assert ended == 0
            break
        died += 1
    assert 8 < died < MOST_STEPS - 1
    assert feed.ask("select index from entry order by index") == [(index,) for index in range(entered)]
    assert feed.ask("select next_index from feed_head") == [(entered,)]
    assert feed.ask("select reason from dead_letter") == []
