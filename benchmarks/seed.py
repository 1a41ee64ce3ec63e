"""Cases in bulk, as years of filing would have left them; PostgreSQL itself writes them, which is fastest."""

import psycopg

COMPLAINTS = """
insert into complaint (id, agency, version, public_ref, opened_at, updated_at, moved_at, number, state, channel,
                       language, narrative, received_on, precision, classification, track, investigator_id,
                       outcome, decided_at)
select md5('case' || n)::uuid, agency, 1, 'seed' || n, moment, moment, moment,
       'S' || n, state, 'web', 'en',
       'He pushed my brother against the car. It was patrol' || mod(n, greatest(%(cases)s / %(each)s, 1)) || '. '
           || tale,
       moment::date, 'day', 'misconduct', 'full investigation', md5('person' || n / %(each)s)::uuid,
       case when state = 'closed' then 'not sustained' end, case when state = 'closed' then moment end
from (select n, timestamptz '2026-11-20' - n * interval '40 s' as moment,
             case mod(n, 10) when 8 then 'lansing-mi' when 9 then 'south-bend-in' else 'rivertown' end as agency,
             case when mod(n, 100) = 50 then 'withdrawn' when n < 2000 then 'investigating' else 'closed' end as state
      from generate_series(0, %(cases)s - 1) as n) as filed,
     (select tale_of, string_agg('w' || floor(power(20000, (hashint8(tale_of * 31 + place) & 65535) / 65536.0)), ' ')
                     as tale
      from generate_series(0, 4999) as tale_of, generate_series(1, 15) as place group by tale_of) as told
where tale_of = mod(hashint8(n) & 1048575, 5000)
"""
"""A narrative has words of every frequency, as language has: PostgreSQL knows a word for rare by those that are."""
ALLEGATIONS = """
insert into allegation (id, complaint_id, agency, position, category, severity, officer_id, received_on, opened_at)
select md5('allegation' || n || ' ' || position)::uuid, md5('case' || n)::uuid,
       case mod(n, 10) when 8 then 'lansing-mi' when 9 then 'south-bend-in' else 'rivertown' end,
       position, case when n > %(cases)s * 0.95 then 'driving' else 'force' end, 'medium',
       md5('officer' || mod(n, greatest(%(cases)s / %(each)s, 1)))::uuid, moment::date, moment
from generate_series(0, %(cases)s - 1) as n, generate_series(0, mod(n, 2)) as position,
     lateral (select timestamptz '2026-11-20' - n * interval '40 s' as moment) as opened
"""
EACH = 200
"""Cases of one investigator, of one officer, and with one patrol's name in them, however many cases there are."""


def seed(connection: psycopg.Connection, cases: int) -> None:
    """Write so many complaints with one or two allegations each, in three agencies, the newest first."""
    values = {"cases": cases, "each": EACH}
    with connection.transaction():
        connection.execute("set local synchronous_commit = off")
        connection.execute(
            "set local session_replication_role = replica"
        )  # the foreign keys are right as they are made
        connection.execute(COMPLAINTS, values)
        connection.execute(ALLEGATIONS, values)
    connection.execute("vacuum analyze complaint, allegation")
