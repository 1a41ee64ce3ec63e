"""Answers of the feed that were given a moment ago, kept ready in this process while they are still true.

An answer is kept with the state of the feed in which it was made. It is given again only while the watch is sure that
the feed is still so: a page that can grow until the next entry, a full one until the record changes an earlier entry.
"""

from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.feed.caching import FOR_AN_HOUR, has
from gateway.feed.watch import Watch

LARGEST = 32 * 1024 * 1024
"""Bytes of all answers together, with what they are kept under."""
BESIDE = 2_000
"""Bytes that Python takes for an answer beside what it holds, and rather more: who asks chooses how many there are."""
PLACE = "accord.shelf"
"""Where a request's scope says that its answer may be kept."""

Key = tuple[str, bytes]
"""Path and query."""
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer."""

    state: tuple[int, int]
    full: bool
    """Whether new entries leave it as it is."""
    etag: str
    headers: Headers
    body: bytes

    def size_under(self, key: Key) -> int:
        """Return about how many bytes it takes to keep it."""
        path, query = key
        said = sum(len(name) + len(value) for name, value in self.headers)
        return BESIDE + len(path) + len(query) + said + len(self.body)


class Shelf:
    """The answers that are kept. Asked before the framework is, which costs more than the answer."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer, and say whether there was an answer."""
        del receive
        kept = self._still_true((scope["path"], scope["query_string"])) if scope["method"] == "GET" else None
        if kept is None:
            return False
        await give(kept, scope, send)
        return True

    @property
    def watch(self) -> Watch:
        """What is known of the feed."""
        watch: Watch = self._state.watch
        return watch

    def _still_true(self, key: Key) -> Kept | None:
        kept = self._kept.get(key)
        if kept is None or not self.watch.is_sure:
            return None
        watch = self.watch
        length, acts = watch.state()
        if kept.state != (length, acts) and not (kept.full and kept.state[1] == acts and kept.state[0] <= length):
            return None
        self._kept.move_to_end(key)
        return kept

    def keep(self, key: Key, kept: Kept) -> None:
        """Keep an answer; the ones that were not asked for longest make room."""
        if (old := self._kept.pop(key, None)) is not None:
            self._size -= old.size_under(key)
        self._kept[key] = kept
        self._size += kept.size_under(key)
        while self._size > LARGEST:
            oldest, gone = self._kept.popitem(last=False)
            self._size -= gone.size_under(oldest)


class Keeping:
    """An application before the one that makes the answers; it keeps them. HEAD comes from the edge as GET."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self._app = app
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer as if the client had nothing yet, keep the answer, and give it."""
        if scope["type"] != "http" or scope["method"] != "GET" or not of_the_feed(scope["path"]):
            await self._app(scope, receive, send)
            return
        watch = self._shelf.watch
        state = watch.state() if watch.is_sure else None
        place: dict[str, bool] = {}
        plain = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
        parts = Parts()
        whole = {**scope, "headers": plain, PLACE: place}
        await self._app(whole, receive, lambda message: parts.take(message, place, send))
        if "route" in whole:
            scope["route"] = whole["route"]  # by which the edge notes what was asked
        if parts.start is None:
            return
        kept = parts.kept(state or (0, 0))
        if state is not None and state == watch.state():
            self._shelf.keep((scope["path"], scope["query_string"]), kept)
        await give(kept, scope, send)


class Parts:
    """What an application sends: collected where it may be kept, else passed on as it comes."""

    def __init__(self) -> None:
        self.start: Message | None = None
        self._body: list[bytes] = []

    async def take(self, message: Message, place: dict[str, bool], send: Send) -> None:
        """Take one message. What fails after its route has answered, as it gives the database back, is not kept."""
        if message["type"] == "http.response.start" and place and message["status"] == HTTPStatus.OK:
            self.start = message
        elif self.start is not None:
            self._body.append(message.get("body", b""))
        else:
            await send(message)

    def kept(self, state: tuple[int, int]) -> Kept:
        """Return what was sent as an answer to keep."""
        headers: Headers = list(self.start["headers"]) if self.start else []
        said = dict(headers)
        full = said.get(b"cache-control") == FOR_AN_HOUR.encode()
        return Kept(state, full, said.get(b"etag", b"").decode("latin-1"), headers, b"".join(self._body))


async def give(kept: Kept, scope: Scope, send: Send) -> None:
    """Send an answer, without its body where the client has it."""
    known = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
    if known is not None and has(known.decode("latin-1"), kept.etag):
        headers = [one for one in kept.headers if one[0] not in (b"content-length", b"content-type")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
    await send({"type": "http.response.body", "body": kept.body})


def of_the_feed(path: str) -> bool:
    """Whether the feed answers there, for which what is kept here is."""
    if path.startswith("/agencies/"):
        _, _, rest = path.removeprefix("/agencies/").partition("/")
        path = f"/{rest}"
    return path.startswith("/feed.") or (path.startswith("/feed/") and path.removeprefix("/feed/").isdecimal())
