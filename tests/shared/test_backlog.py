"""A long backlog or ledger costs a relay no more per batch than a short one, also when some of it is parked."""

from contextlib import closing

import psycopg

from shared import deadletters
from shared.bus import Delivery, Record
from shared.db import database_url
from shared.occasion import Occasion
from shared.outbox import SHARDS
from shared.relay import _leased
from tests.rooms import House
from tests.shared.plumbing import Plumbing

BACKLOG = """
insert into outbox (event_id, topic, key, case_id, version, type, payload, headers, shard, attempts, parked_at)
select gen_random_uuid(), 'accord.complaints', 'key', gen_random_uuid(), 1, 'test.counted.v1', '{}', '{}',
    number % 16, 0, case when number % 100 = 0 then now() end from generate_series(1, 40000) as number returning id
"""
PARKED = 400
READ = """
select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'outbox'
"""
"""For up to a second it also holds what earlier transactions of the same connection have read."""


def test_leasing_shards_reads_one_row_of_each_and_what_is_parked(house: House, plumbing: Plumbing) -> None:
    plumbing.rows("delete from outbox returning id")
    plumbing.rows(BACKLOG)
    url = database_url(house.settings.postgres_owner, "plumbing").set(drivername="postgresql")
    with closing(psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)) as owner:
        owner.execute("vacuum analyze outbox")
    with plumbing.database.transaction(Occasion(service="plumbing", agency="")) as session:
        (before,) = session.connection().exec_driver_sql(READ).one()
        assert _leased(session, 14) == [14, 15, 0, 1]
        (after,) = session.connection().exec_driver_sql(READ).one()
    plumbing.rows("delete from outbox returning id")

    assert after - before <= SHARDS + PARKED


def test_a_reader_asks_only_for_the_cases_of_its_batch(plumbing: Plumbing) -> None:
    with plumbing.database.transaction(Occasion(service="plumbing", agency="")) as session:
        for key in ("one", "other", "with\x00nothing"):
            deadletters.park(session, "backlog", Delivery(Record("accord.public", key, b""), 0, 0), "a fault")
    with plumbing.database.transaction(Occasion(service="plumbing", agency="")) as session:
        assert deadletters.waiting_keys(session, "backlog", {"one", "third"}) == {"one"}
        assert deadletters.waiting_keys(session, "backlog", {"with\x00nothing"}) == {
            "with\N{REPLACEMENT CHARACTER}nothing"
        }
        assert deadletters.waiting_keys(session, "backlog", set()) == set()
        assert len(deadletters.waiting_keys(session, "backlog")) == 3
    plumbing.rows("delete from dead_letter where consumer = 'backlog' returning id")
