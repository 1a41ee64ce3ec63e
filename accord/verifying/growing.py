"""The tree as it is computed again from entries, one after the other, holding only what is needed to go on."""

from collections.abc import Iterator

from gateway.log.tiles import WIDTH, Tile, full_or_partial
from gateway.log.tree import EMPTY_ROOT, HASH_BYTES, node_hash


class Growing:
    """A tree to which entries are added; the hashes of its tiles are kept until they are asked for."""

    def __init__(self) -> None:
        self.size = 0
        self._edge = list[tuple[int, bytes]]()
        """Full subtrees from the left, with their levels."""
        self._open = list[bytearray]()
        """On each level of tiles, the hashes of the tile that is being filled."""
        self._counts = list[int]()

    def add(self, leaf_hash: bytes) -> Iterator[tuple[int, Tile, bytes]]:
        """Add an entry, and yield the tiles that it fills: level, tile, content."""
        self.size += 1
        self._edge.append((0, leaf_hash))
        yield from self._into_tile(0, leaf_hash)
        while len(self._edge) > 1 and self._edge[-1][0] == self._edge[-2][0]:
            level, right = self._edge.pop()
            _, left = self._edge.pop()
            above = node_hash(left, right)
            self._edge.append((level + 1, above))
            if (level + 1) % 8 == 0:
                yield from self._into_tile((level + 1) // 8, above)

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        reached = self._edge[-1][1] if self._edge else EMPTY_ROOT
        for _, left in reversed(self._edge[:-1]):
            reached = node_hash(left, reached)
        return reached

    def partial(self) -> Iterator[tuple[int, Tile, bytes]]:
        """Yield the tiles that are not full yet."""
        for level, content in enumerate(self._open):
            tile = full_or_partial(self._counts[level] // WIDTH, self._counts[level])
            if tile is not None:
                yield level, tile, bytes(content)

    def _into_tile(self, level: int, hashed: bytes) -> Iterator[tuple[int, Tile, bytes]]:
        if level == len(self._open):
            self._open.append(bytearray())
            self._counts.append(0)
        self._open[level] += hashed
        self._counts[level] += 1
        if len(self._open[level]) == WIDTH * HASH_BYTES:
            yield level, Tile(self._counts[level] // WIDTH - 1, WIDTH), bytes(self._open[level])
            self._open[level].clear()
