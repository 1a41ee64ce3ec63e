"""The proxy passes, delays, breaks and withholds, and an ambush strikes at its moment and not before."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.faults.proxy import Ambush, Link, Proxy, Sight, Way


def echo(listener: socket.socket) -> None:
    """Send back what every client sends, until the listener is closed."""

    def answer(client: socket.socket) -> None:
        with client, suppress(ConnectionResetError):
            while data := client.recv(1000):
                client.sendall(data)

    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(client,), daemon=True).start()


@pytest.fixture
def link() -> Iterator[Link]:
    """Yield a link to a server that sends everything back."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=echo, args=(listener,))
    thread.start()
    with closing(Proxy()) as proxy:
        link = proxy.link("to the echo")
        link.server = listener.getsockname()[:2]
        yield link
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def connect(link: Link, timeout: float = 5.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", link.port), timeout=timeout)


def said(client: socket.socket, word: bytes) -> bytes:
    client.sendall(word)
    return client.recv(1000)


def test_what_is_sent_arrives(link: Link) -> None:
    with connect(link) as client:
        assert said(client, b"hello") == b"hello"


def test_a_delay_holds_every_message_for_its_time(link: Link) -> None:
    with connect(link) as client:
        link.delay = 0.1
        begun = time.monotonic()
        assert said(client, b"hello") == b"hello"

    assert time.monotonic() - begun >= 0.2


def test_a_reset_breaks_what_is_open_and_nothing_that_comes(link: Link) -> None:
    with connect(link) as client:
        assert said(client, b"hello") == b"hello"
        link.reset()
        with pytest.raises(ConnectionResetError):
            client.recv(1000)
    with connect(link) as client:
        assert said(client, b"again") == b"again"


def test_a_black_hole_withholds_and_breaks_nothing(link: Link) -> None:
    with connect(link, timeout=0.3) as client:
        assert said(client, b"hello") == b"hello"
        link.open_hole()
        client.sendall(b"lost?")
        with pytest.raises(TimeoutError):
            client.recv(1000)
        link.close_hole()
        client.settimeout(5)
        assert client.recv(1000) == b"lost?"


def test_a_server_that_is_away_breaks_the_connection(link: Link) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        link.server = nobody.getsockname()[:2]
    with pytest.raises(ConnectionResetError), connect(link) as client:
        client.recv(1000)


def test_an_ambush_kills_when_all_has_passed_and_loses_the_last_message(link: Link) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as victim, connect(link) as client:
        sights = [Sight(link, Way.OUT, b"commit"), Sight(link, Way.BACK)]
        link.ambush = Ambush(victim.pid, signal.SIGKILL, sights)
        assert said(client, b"begin") == b"begin"
        assert victim.poll() is None

        client.sendall(b"commit")

        assert client.recv(1000) == b""
        assert victim.wait(5) == -signal.SIGKILL
        assert link.ambush.fired.is_set()


def test_of_ambushes_that_wait_together_only_the_first_strikes(link: Link) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleep) as victim, subprocess.Popen(sleep) as spared, connect(link) as client:
        fired = threading.Event()
        first = Ambush(victim.pid, signal.SIGKILL, [Sight(link, Way.OUT, b"commit")], fired)
        second = Ambush(spared.pid, signal.SIGKILL, [Sight(link, Way.OUT, b"commit")], fired)
        link.ambush = first
        client.sendall(b"commit")
        assert client.recv(1000) == b""
        link.ambush = second
        with connect(link) as other:
            assert said(other, b"commit") == b"commit"

        assert (first.struck, second.struck) == (True, False)
        assert spared.poll() is None
        spared.kill()


def test_an_ambush_on_an_answer_waits_for_that_of_the_same_connection(link: Link) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as victim:
        with connect(link) as one, connect(link) as other:
            link.delay = 0.3
            link.ambush = Ambush(victim.pid, signal.SIGKILL, [Sight(link, Way.OUT, b"commit"), Sight(link, Way.BACK)])
            other.sendall(b"hello")
            one.sendall(b"commit")
            assert other.recv(1000) == b"hello"
            assert one.recv(1000) == b""
        assert victim.wait(5) == -signal.SIGKILL
