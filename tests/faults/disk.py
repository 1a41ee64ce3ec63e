"""A small disk of its own for the data of a stack, so that it can be filled to the last byte."""

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 1_500
CHUNK = 1 << 20
BALLAST = "ballast"


class NoDiskError(Exception):
    """This machine lets nobody mount a small disk."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a file system in memory on `folder` while the block lasts.

    Raises:
        NoDiskError: it takes the right to mount, and a Linux machine.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as refused:
        raise NoDiskError("no small disk can be mounted here: it takes root and the right to mount") from refused
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


def is_possible() -> bool:
    """Whether this machine lets the tests mount a small disk."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder) / "disk"):
                return True
        except NoDiskError:
            return False


def fill(disk: Path) -> None:
    """Fill the disk to its last byte, also while others write."""
    with (disk / BALLAST).open("ab", buffering=0) as ballast:
        size = CHUNK
        while size:
            try:
                os.posix_fallocate(ballast.fileno(), os.fstat(ballast.fileno()).st_size, size)
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
                size = 0 if shutil.disk_usage(disk).free == 0 else size // 2


def empty(disk: Path) -> None:
    """Make room again."""
    (disk / BALLAST).unlink()
