"""What never returns is ended with its process, and said; what returns is left alone."""

import subprocess
import sys

from accord.rooms import ROOT
from shared.prompt import STUCK

PROGRAM = """
import logging, time
from shared.prompt import within
logging.basicConfig()
with within(0.3, "the library"):
    time.sleep({})
print("went on")
time.sleep(0.5)
"""


def ran(seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_what_does_not_return_ends_the_process_with_an_alert() -> None:
    ended = ran(20)

    assert (ended.returncode, ended.stdout) == (STUCK, "")
    assert "alert: the library did not return within 0 s; this process ends" in ended.stderr


def test_what_returns_in_its_time_is_left_alone() -> None:
    ended = ran(0)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "went on\n", "")
