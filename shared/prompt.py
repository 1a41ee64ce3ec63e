"""What has to answer in its time: a call into a library that never returns is ended together with its process.

A thread cannot be ended from outside, and one that waits for ever would let a service go deaf in silence. A process may
end at any moment without harm; whoever supervises it starts it again.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

STUCK = 70
"""Exit code of a process that ended itself because something did not return."""


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """End the process when the block takes longer than this many seconds; `what` is said in the log."""
    timer = threading.Timer(seconds, _end, (what, seconds))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(what: str, seconds: float) -> None:
    logger.critical(
        "alert: %s did not return within %.0f s; this process ends, so that it is started again", what, seconds
    )
    logging.shutdown()
    os._exit(STUCK)
