"""Files that are made once, by whichever process comes first, and then only read: development's keys and passwords."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def made_once(file: Path, make: Callable[[], bytes]) -> bytes:
    """Return what `file` holds; when it is not there yet it is written whole, readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-") as draft:  # created with mode 0600
            draft.write(make())
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):  # a link never replaces what another process has made meanwhile
                file.hardlink_to(draft.name)
    return file.read_bytes()
