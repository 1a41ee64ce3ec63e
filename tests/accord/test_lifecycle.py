"""Everything in one process, from the start to the end: nobody else is disturbed, and nothing is left running."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg
import pytest

from accord.embedded import embedded_postgres
from accord.installation import listening
from accord.rooms import GATEWAY, NAMES
from accord.working import workers
from shared.settings import Settings
from tests.accord.desk import Running, ask, command, file_complaint, tell, wait_until
from tests.journeys.stack import ACCORD, free_ports
from tests.rooms import House


def servers_of(folder: Path) -> list[int]:
    """Return the processes of embedded servers whose data is below `folder`."""
    found = psutil.process_iter(["name", "cmdline"])
    return [one.pid for one in found if one.info["name"] == "postgres" and str(folder) in str(one.info["cmdline"])]


@contextmanager
def up(folder: Path, port: int) -> Iterator[Running]:
    """Run `accord up` on `folder`; the block begins when it says that it runs."""
    with command(folder, "up", "--folder", str(folder / "installation"), "--port", str(port)) as running:
        wait_until(lambda: "Accord is running" in running.said("out") or not running.process.is_alive())
        assert running.process.is_alive(), running.said("err")
        yield running


def test_the_installed_command_lists_what_it_can_do() -> None:
    told = subprocess.run([ACCORD, "--help"], capture_output=True, text=True, check=True)

    assert [name for name in ("up", "serve", "work", "migrate", "token", "demo") if name not in told.stdout] == []


def test_an_answer_is_sent_at_once_and_does_not_wait_for_its_head_to_be_confirmed() -> None:
    with listening(Settings(port=free_ports(1)), GATEWAY) as listener:
        with socket.create_connection(listener.getsockname()):
            connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


ANOTHER_THREADS_SILENCE = """
import warnings
from accord.serving import UnsupportedFieldAttributeWarning as Unsupported
fastapis = ("ignore", None, Unsupported, None, 0)
if fastapis in warnings.filters:
    warnings.filters.remove(fastapis)  # as warnings.simplefilter does, from whichever list is there
warnings.warn("The 'alias' attribute has no effect", Unsupported)
"""


def test_what_servers_silence_stays_silent_whatever_another_thread_silences() -> None:
    told = subprocess.run([sys.executable, "-c", ANOTHER_THREADS_SILENCE], capture_output=True, text=True, check=True)

    assert told.stderr == ""


def test_a_second_command_is_refused_and_the_first_goes_on_until_it_is_told_to_end(tmp_path: Path) -> None:
    port, other = free_ports(len(NAMES)), tmp_path / "other"
    with up(tmp_path, port) as first:
        folder = tmp_path / "installation"
        same_folder = tell(tmp_path, "up", "--folder", str(folder), "--port", str(port + 5)).refusal()
        same_port = tell(tmp_path, "up", "--folder", str(other), "--port", str(port)).refusal()

        assert same_folder == (f"Another accord command is running on {folder}; stop it or choose another --folder.")
        assert same_port.startswith(f"Port {port} for gateway cannot be used (Address already in use")
        assert servers_of(other) == []
        assert ask(port, "/health/ready").json() == {"database": "reachable", "bus": "reachable"}
        told = first.end()

    assert (told.code, told.err) == (0, "")
    assert servers_of(tmp_path) == []


def test_an_installation_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    port = free_ports(len(NAMES))
    with up(tmp_path, port) as killed:
        filed = file_complaint(port)
        killed.process.kill()
    left = servers_of(tmp_path)

    with up(tmp_path, port) as again:
        wait_until(lambda: filed in ask(port, "/feed.json").text)
        taken_over = servers_of(tmp_path)
        told = again.end()

    assert left
    assert set(left) & set(taken_over)
    assert told.code == 0
    assert servers_of(tmp_path) == []


def test_an_installation_that_is_ended_while_it_starts_leaves_nothing_running_and_no_half_made_data(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "installation"
    with command(tmp_path, "up", "--folder", str(folder), "--port", str(free_ports(len(NAMES)))) as starting:
        wait_until((folder / "postgres" / "PG_VERSION").exists)
        starting.end()

    assert servers_of(tmp_path) == []
    with embedded_postgres(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_process_that_got_the_number_of_a_lost_server_is_left_alone(tmp_path: Path) -> None:
    """A power cut leaves the note of the server's process number; after it, somebody else has that number."""
    note = tmp_path / "postgres" / "postmaster.pid"
    with embedded_postgres(tmp_path):
        left = note.read_text().splitlines()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as somebody:
        note.write_text("\n".join([str(somebody.pid), *left[1:]]) + "\n")

        with embedded_postgres(tmp_path) as url, psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)

        assert somebody.poll() is None
        somebody.send_signal(signal.SIGTERM)
    assert servers_of(tmp_path) == []


class Told(threading.Thread):
    """A thread at whose start, when another one runs already, somebody is told to end."""

    running: ClassVar[list[threading.Thread]] = []

    def start(self) -> None:
        """Start, or be interrupted."""
        if self.running:
            raise KeyboardInterrupt
        self.running.append(self)
        super().start()


def test_a_worker_that_is_told_to_end_while_it_starts_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.working.Thread", Told)

    with pytest.raises(KeyboardInterrupt), workers(("complaints",), house.settings):
        pass

    assert [thread.is_alive() for thread in Told.running] == [False]
