"""What somebody shows of themselves without wishing to, and where it would be found if it were kept."""

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from shared.settings import Settings

COMPLAINTS = "/agencies/rivertown/complaints"
ADDRESS, PORT = "203.0.113.99", 40_007
NARRATIVE = "The sentinel-heron saw it."
NAME = "Sentinel-Sixpence"
TRACES = {
    "User-Agent": "SentinelBrowser/7.3 (sentinel-device)",
    "X-Forwarded-For": "203.0.113.77, 198.51.100.23",
    "Forwarded": "for=203.0.113.78;by=sentinel-proxy",
    "X-Real-IP": "203.0.113.79",
    "X-Client-IP": "203.0.113.80",
    "True-Client-IP": "203.0.113.81",
    "CF-Connecting-IP": "203.0.113.82",
    "Via": "1.1 sentinel-via",
    "Cookie": "who=sentinel-cookie",
    "Referer": "https://sentinel-referer.example/forum",
    "Origin": "https://sentinel-origin.example",
    "From": "sentinel-from@example.org",
    "Accept-Language": "es, x-sentinel;q=0.1, eo;q=0.07",
    "Sec-CH-UA": '"SentinelHint";v="7"',
    "DNT": "sentinel-dnt",
    "X-Device-Id": "sentinel-device-id",
    "X-Request-ID": "sentinel-request-id",
    "traceparent": "00-5e471e15e471e15e471e15e471e15e47-5e471e15e471e15e-01",
    "tracestate": "sentinel=state",
    "baggage": "who=sentinel-baggage",
}
SENTINELS = (
    ADDRESS,
    "203.0.113.7",
    "203.0.113.8",
    "198.51.100.23",
    "entinelBrowser",
    "entinelHint",
    "5e471e15e471e15e",
    "eo;q=0.07",
    "sentinel=state",
    *(f"sentinel-{name}" for name in ("device", "proxy", "via", "cookie", "referer", "origin", "from", "dnt")),
    *(f"sentinel-{name}" for name in ("request-id", "baggage")),
)


def everything_stored(settings: Settings) -> str:
    """Return every row of every table of every database, as its owner reads it; bytes also as what they spell."""
    owner = make_url(settings.postgres_owner).set(drivername="postgresql")
    with psycopg.connect(owner.render_as_string(hide_password=False)) as connection:
        names = [name for (name,) in connection.execute("select datname from pg_database where datname like 'accord%'")]
    rows: list[str] = []
    for name in names:
        with psycopg.connect(owner.set(database=name).render_as_string(hide_password=False)) as connection:
            tables = connection.execute(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            )
            for (table,) in tables.fetchall():
                found = connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(table)))
                rows += [f"{name}.{table}: {row}" for (row,) in found]
    return "\n".join(rows)


def spelled(written: str, text: str) -> bool:
    """Whether a text stands in what was written, in letters or as PostgreSQL shows bytes."""
    return text in written or text.encode().hex() in written


def sentinels_in(written: str) -> list[str]:
    """Return the traces that stand in what was written."""
    return [text for text in SENTINELS if spelled(written, text)]
