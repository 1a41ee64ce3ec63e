"""Copies of a filed complaint, where filing each would take hours: the same rows in the same tables, with other names.

The relay and the readers cannot tell them from what the command filed.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, text

NAMES = """
create temporary table copy on commit drop as
select gen_random_uuid() as case_id, gen_random_uuid() as event_id,
    translate(substr(md5(random()::text), 1, 16), '0189', 'ghij') as public_ref,
    upper(translate(substr(md5(random()::text), 1, 16), '0189', 'ghij')) as locator
from generate_series(1, :copies)
"""
"""What differs from copy to copy; a public reference looks like those of `shared.cases`."""
SUBJECT = "case when key = old.case_id::text then copy.case_id::text else copy.public_ref end"
NEXT = "nextval(pg_get_serial_sequence('{}', 'id'))"
OTHER: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "complaint": (
        "id",
        {
            "id": "copy.case_id",
            "number": "copy.public_ref",
            "public_ref": "copy.public_ref",
            "receipt_locator": "locator",
        },
    ),
    "allegation": ("complaint_id", {"id": "gen_random_uuid()", "complaint_id": "copy.case_id"}),
    "party": ("complaint_id", {"id": "gen_random_uuid()", "complaint_id": "copy.case_id"}),
    "case_key": ("case_id", {"case_id": "copy.case_id"}),
    "audit": ("case_id", {"id": NEXT.format("audit"), "case_id": "copy.case_id"}),
    "outbox": (
        "case_id",
        {
            "id": NEXT.format("outbox"),
            "event_id": "copy.event_id",
            "case_id": "copy.case_id",
            "key": SUBJECT,
            "headers": f"headers || jsonb_build_object('ce_id', copy.event_id, 'ce_subject', {SUBJECT})",
            "shard": "crc32(uuid_send(copy.case_id)) % 16",
            "created_at": "now()",
            "sent_at": "null",
        },
    ),
}
"""Table → the column that names the complaint, and what other columns hold in a copy."""
WRITTEN = """
select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
where attrelid = cast(:table as regclass) and attnum > 0 and not attisdropped and attgenerated = ''
"""
"""The columns of a table that PostgreSQL does not draw from others."""


def copy_complaint(connection: Connection, case_id: UUID, copies: int) -> None:
    """Write so many copies of one complaint in one transaction of the owner's `connection`."""
    connection.execute(text(NAMES), {"copies": copies})
    for table, (column, other) in OTHER.items():
        values = ", ".join(f"'{name}', {value}" for name, value in other.items())
        columns = str(connection.scalar(text(WRITTEN), {"table": table}))
        copied = ", ".join(f"new.{column}" for column in columns.split(", "))
        connection.execute(
            text(
                f"insert into {table} ({columns}) overriding system value"  # noqa: S608 - names and values of this file
                f" select {copied} from {table} as old cross join copy"
                f" cross join lateral jsonb_populate_record(old, jsonb_build_object({values})) as new"
                f" where old.{column} = :id"
            ),
            {"id": case_id},
        )
    connection.execute(
        text(
            "insert into answered_request select caller, sha256(uuid_send(copy.case_id)), request_digest, answer, now()"
            " from copy cross join lateral (select * from answered_request order by answered_at desc limit 1) as last"
        )
    )
