"""Copies of a Python that has read the code: they begin to work at once, where a fresh one reads for two seconds."""

import multiprocessing

from accord.rooms import SERVICES

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "accord.main",
        "accord.commands.serve",
        "accord.commands.work",
        "gateway.main",
        "gateway.feed.consumers",
        "gateway.log.loop",
        "gateway.statistics.working",
        *(f"services.{name}.{part}" for name in SERVICES for part in ("main", "consumers")),
    ]
)
