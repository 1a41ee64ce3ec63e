"""How the tree and its entries are laid out for clients (https://c2sp.org/tlog-tiles): 256 hashes or entries a file."""

import re
from collections.abc import Sequence
from typing import NamedTuple

HEIGHT = 8
WIDTH = 1 << HEIGHT
LONGEST_ENTRY = 0xFFFF
"""In bytes."""
LEVEL = re.compile("[0-9]|[1-5][0-9]|6[0-3]")
PLACE = re.compile(r"((?:x[0-9]{3}/){0,6})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Tile(NamedTuple):
    """A run of neighbouring hashes of one level, or of entries."""

    number: int
    width: int
    """256 when full."""


def full_or_partial(number: int, many: int) -> Tile | None:
    """Return tile `number` of a level that has `many` hashes; None where it has none there yet."""
    width = min(WIDTH, many - number * WIDTH)
    return Tile(number, width) if width > 0 else None


def on_level(level: int, size: int) -> int:
    """Return how many hashes tiles of `level` hold of a tree of `size`."""
    return size >> (HEIGHT * level)


def place(tile: Tile) -> str:
    """Return where a tile is, under its level: `x001/x234/067`, with `.p/` and its width when it is partial."""
    groups = []
    rest = tile.number
    while True:
        rest, group = divmod(rest, 1000)
        groups.append(f"{group:03d}")
        if not rest:
            break
    path = "/".join([*(f"x{group}" for group in reversed(groups[1:])), groups[0]])
    return path if tile.width == WIDTH else f"{path}.p/{tile.width}"


def tile_at(path: str) -> Tile:
    """Read what `place` writes.

    Raises:
        ValueError: it is no such path; every tile has one path only.
    """
    found = PLACE.fullmatch(path)
    if found is None:
        raise ValueError("a tile is called x001/x234/067, with .p/ and its width when it is partial")
    tile = Tile(int(found[1].replace("x", "").replace("/", "") + found[2]), int(found[3] or WIDTH))
    if place(tile) != path:
        raise ValueError("a tile has one path only, without leading zeroes or a width of 256 or more")
    return tile


def level_at(path: str) -> int:
    """Read the level of a tile.

    Raises:
        ValueError: it is none.
    """
    if not LEVEL.fullmatch(path):
        raise ValueError("a level is a number from 0 to 63, without leading zeroes")
    return int(path)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as they are served: each after its length in two bytes, the larger first.

    Raises:
        ValueError: an entry has more than 65,535 bytes.
    """
    if any(len(one) > LONGEST_ENTRY for one in entries):
        raise ValueError(f"an entry of the log has at most {LONGEST_ENTRY} bytes")
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def unbundle(content: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ValueError: it ends in the middle of an entry.
    """
    entries, at = list[bytes](), 0
    while at < len(content):
        begin = at + 2
        at = begin + int.from_bytes(content[at:begin], "big")
        if begin > len(content) or at > len(content):
            raise ValueError("the bundle ends in the middle of an entry")
        entries.append(content[begin:at])
    return entries
