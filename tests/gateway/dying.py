"""A reader of the feed that dies at a step: `python -m tests.gateway.dying STEP`; it ends well if there is none.

A step is a statement, a commit, or the note on the bus of how far it has read; it dies before it takes it.
"""

import os
import sys
from contextlib import closing
from itertools import count
from typing import Any

from sqlalchemy import event

from gateway.feed.consumers import feed_reader
from shared.bus.connect import connect
from shared.db import Database
from shared.settings import Settings

DIED = 9


class Dying:
    """A member of the group that counts its steps."""

    def __init__(self, step: int) -> None:
        self._left = step

    def take_a_step(self, *_: Any) -> None:
        """Die, if it is time."""
        if self._left == 0:
            os._exit(DIED)
        self._left -= 1


def main(step: int) -> None:
    """Read all that is there."""
    settings, dying = Settings(), Dying(step)
    with closing(connect(settings)) as bus, closing(Database(settings.postgres, "gateway", connections=2)) as database:
        reader = feed_reader(database, bus)
        member = reader.join()
        for moment in ("before_cursor_execute", "commit"):
            event.listen(database.engine, moment, dying.take_a_step)
        note = member.commit

        def noted() -> None:
            dying.take_a_step()
            note()

        member.commit = noted  # type: ignore[method-assign]
        for _ in count():
            if not reader.read(member, 1.0):
                break
        member.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
