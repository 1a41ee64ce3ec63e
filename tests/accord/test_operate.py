"""The command line as an operator meets it: what is refused is refused in a sentence."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from accord.rooms import MIGRATIONS, NAMES
from shared.migrations.run import create_role_and_databases
from tests.accord.desk import ask, command, file_complaint, listens, tell, wait_until
from tests.broker import free_port
from tests.database import Postgres
from tests.journeys.stack import free_ports
from tests.rooms import settings_on

NOWHERE = "postgresql://accord@127.0.0.1:1"
"""Nobody listens on the first port."""
PRODUCTION = {
    "ACCORD_ENV": "production",
    "ACCORD_JWKS": "https://issuer.example/keys",
    "ACCORD_ISSUER": "https://issuer.example",
    "ACCORD_POSTGRES": NOWHERE,
    "ACCORD_VAULT_KEY": "vault.key",
    "ACCORD_FILES": "files",
    "ACCORD_LOG": "records.example/log",
}

NO_SERVICE = f"There is no service 'nobody'; there is {', '.join(NAMES)}."
NO_SERVER = "Name a PostgreSQL server with ACCORD_POSTGRES or --postgres, or use `accord up`."
NO_URL = "is no URL of a PostgreSQL server, like postgresql://user:password@host:5432."

NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"
NO_DEFAULTS = "Production does not start with development's defaults"
NO_FOLDER = "../a-file/below cannot be used (Not a directory); mend that, or name another place."

REFUSED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("serve nobody", {}, NO_SERVICE),
    ("work nobody", {}, NO_SERVICE),
    ("serve complaints", {}, NO_SERVER),
    ("work complaints", {}, NO_SERVER),
    ("migrate", {}, NO_SERVER),
    (
        "migrate",
        {"ACCORD_POSTGRES": NOWHERE},
        "Migrations need the role that owns the tables: set ACCORD_POSTGRES_OWNER or --postgres.",
    ),
    ("up --postgres nonsense", {}, f"ACCORD_POSTGRES_OWNER (or --postgres) {NO_URL}"),
    ("up --postgres mysql://root@127.0.0.1", {}, f"ACCORD_POSTGRES_OWNER (or --postgres) {NO_URL}"),
    ("serve gateway --postgres postgresql://a:b@host:port", {}, f"ACCORD_POSTGRES_OWNER (or --postgres) {NO_URL}"),
    ("work gateway", {"ACCORD_POSTGRES": "nonsense"}, f"ACCORD_POSTGRES {NO_URL}"),
    (
        "up",
        {"ACCORD_PORT": "abc"},
        f"ACCORD_PORT: {NO_NUMBER}.",
    ),
    ("up --port 70000", {}, "ACCORD_PORT: Input should be less than 65530."),
    ("up", {"ACCORD_ENV": "produktion"}, "ACCORD_ENV: Input should be 'development' or 'production'."),
    (
        "serve gateway",
        {"ACCORD_SERVICES": "complaints"},
        'ACCORD_SERVICES is not JSON; it looks like {"complaints": "http://127.0.0.1:8001"}.',
    ),
    ("migrate --kafka kafka", {}, "ACCORD_KAFKA: 'kafka' is no broker; it looks like localhost:9092."),
    ("migrate --kafka kafka:port", {}, "ACCORD_KAFKA: 'kafka:port' is no broker; it looks like localhost:9092."),
    (
        "up",
        {"ACCORD_ENV": "production"},
        f"{NO_DEFAULTS}: set ACCORD_JWKS, ACCORD_ISSUER, ACCORD_POSTGRES, ACCORD_VAULT_KEY, ACCORD_FILES, ACCORD_LOG.",
    ),
    (
        "serve complaints",
        {"ACCORD_ENV": "production", "ACCORD_POSTGRES": NOWHERE, "ACCORD_VAULT_KEY": "vault.key"},
        f"{NO_DEFAULTS}: set ACCORD_JWKS, ACCORD_ISSUER, ACCORD_FILES, ACCORD_LOG.",
    ),
    (
        "token --role commander",
        PRODUCTION,
        "the development issuer does not exist in production; ask the identity provider",
    ),
    (
        "serve complaints --postgres postgresql://accord@127.0.0.1:1",
        {"ACCORD_VAULT_KEY": "../a-file"},
        "../a-file holds no vault key; write 32 random bytes there and keep a copy safe",
    ),
    (
        "up --postgres postgresql://accord@127.0.0.1:1",
        {"ACCORD_JWKS": "http://issuer.example/keys"},
        (
            "ACCORD_JWKS must be an https address; http is for this machine in development, "
            "or for a network of your own with ACCORD_JWKS_PLAIN_HTTP=true."
        ),
    ),
    ("token --role public --folder ..", {}, "no token gives anybody the role public"),
    (
        "up --folder ../a-file/below",
        {},
        NO_FOLDER,
    ),
    (
        "token --role intake --folder ../a-file/below",
        {},
        "{folder}/a-file/below is no installation's folder: go where `accord up` was started, or give --folder.",
    ),
    (
        "up --folder ../photos",
        {},
        "{folder}/photos/postgres holds files that are not PostgreSQL's; move them away or choose another --folder.",
    ),
)


@pytest.mark.parametrize(
    ("line", "environment", "sentence"), REFUSED, ids=[" ".join(one[0].split()) for one in REFUSED]
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    line: str, environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "photos" / "postgres").mkdir(parents=True)
    (tmp_path / "photos" / "postgres" / "holiday.jpg").touch()

    told = tell(tmp_path, *line.split(), **environment)

    assert told.refusal() == sentence.replace("{folder}", str(tmp_path.resolve()))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("token --role king", "'king' is not one of 'intake'"),
        ("token", "Missing option '--role'"),
        ("up --port abc", "Invalid value for '--port'"),
        ("halt", "No such command 'halt'"),
    ],
)
def test_a_command_that_cannot_be_read_says_what_is_wrong_with_it(line: str, words: str, tmp_path: Path) -> None:
    told = tell(tmp_path, *line.split())

    assert (told.code, told.out) == (2, "")
    assert words in told.err
    assert "Traceback" not in told.err


def test_help_lists_the_commands(tmp_path: Path) -> None:
    told = tell(tmp_path, "--help")

    assert told.code == 0
    for name in ("up", "serve", "work", "migrate", "token", "demo", "import"):
        assert f"│ {name} " in told.out


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the URL of a server where the role `stranger` needs a password."""
    folder = tmp_path_factory.mktemp("server")
    postgres = Postgres(folder)
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create role stranger login password 'right'")
    postgres.stop()
    rules = folder / "data" / "pg_hba.conf"
    rules.write_text(f"local all stranger scram-sha-256\n{rules.read_text()}")
    postgres.start()
    yield postgres.url
    postgres.stop()


def ready(port: int) -> tuple[int, dict[str, str]]:
    """Return what a server says of its readiness."""
    answer = ask(port, "/health/ready")
    return answer.status_code, answer.json()


def test_processes_that_start_before_their_tables_say_so_and_work_once_they_are_there(
    server: str, tmp_path: Path
) -> None:
    first = free_ports(len(NAMES))
    ports = (first, first + 1)
    settings = settings_on(server, tmp_path)
    given = {"ACCORD_POSTGRES": settings.postgres, "ACCORD_FOLDER": str(tmp_path), "ACCORD_PORT": str(first)}
    with (
        command(tmp_path, "serve", "gateway", **given) as gateway,
        command(tmp_path, "serve", "complaints", **given) as complaints,
        command(tmp_path, "work", "complaints", **given) as relay,
        command(tmp_path, "work", "gateway", **given) as reader,
    ):
        wait_until(lambda: all(map(listens, ports)))
        away = [ready(port) for port in ports]
        create_role_and_databases(server, settings.postgres, (*MIGRATIONS, "bus"))
        empty = [ready(port) for port in ports]
        told = tell(tmp_path, "migrate", "--postgres", server)
        migrated = [ready(port) for port in ports]
        filed = file_complaint(ports[1])
        wait_until(lambda: filed in ask(ports[0], "/feed.json").text)
        ended = [process.end() for process in (gateway, complaints, relay, reader)]

    assert away == [(503, {"database": "away", "bus": "away"})] * 2
    assert empty == [(503, {"database": "not migrated", "bus": "reachable"})] * 2
    assert (told.code, told.out) == (0, "Databases and topics are up to date.\n")
    assert migrated == [(200, {"database": "reachable", "bus": "reachable"})] * 2
    assert [process.code for process in ended] == [0, 0, 0, 0]


def test_a_server_that_refuses_is_quoted(server: str, tmp_path: Path) -> None:
    url = make_url(server)
    wrong = url.set(username="stranger", password="wrong").render_as_string(hide_password=False)  # noqa: S106 - it is wrong
    unknown = url.set(username="nobody").render_as_string(hide_password=False)
    may_not = url.set(username="stranger", password="right").render_as_string(hide_password=False)  # noqa: S106 - made here

    for owner, words in (
        (wrong, 'FATAL: password authentication failed for user "stranger"'),
        (unknown, 'FATAL: role "nobody" does not exist'),
        (may_not, "permission denied to "),
    ):
        refusal = tell(tmp_path, "migrate", "--postgres", owner).refusal()
        assert refusal.startswith("PostgreSQL does not answer or refuses: ")
        assert words in refusal


@pytest.mark.parametrize("line", ["migrate", "up"])
def test_a_server_that_is_away_is_said_to_be_away(line: str, tmp_path: Path) -> None:
    refusal = tell(tmp_path, line, "--postgres", NOWHERE).refusal()

    assert refusal.startswith("PostgreSQL does not answer or refuses: ")
    assert 'server at "127.0.0.1", port 1 failed: Connection refused' in refusal


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    """The PostgreSQL library waits for two minutes by itself, which is longer than the test's patience."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://accord@127.0.0.1:{silent.getsockname()[1]}"
        refusal = tell(tmp_path, "migrate", "--postgres", url).refusal()

    assert refusal == "PostgreSQL does not answer or refuses: connection timeout expired"


def test_a_bus_that_is_away_is_said_to_be_away(postgres: str, tmp_path: Path) -> None:
    broker = f"127.0.0.1:{free_port()}"
    refusal = tell(tmp_path, "migrate", "--postgres", postgres, "--kafka", broker).refusal()

    assert refusal.startswith(f"The bus does not answer: Kafka at {broker} cannot be reached: ")
