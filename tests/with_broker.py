"""Run a command beside a Kafka broker, which ``ACCORD_KAFKA`` names to it: ``python -m tests.with_broker COMMAND``."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.broker import find_broker


def main(command: list[str]) -> int:
    """Return the command's exit code, or 1 with the reason when no broker can be had."""
    with tempfile.TemporaryDirectory(prefix="accord-kafka-") as folder:
        found = find_broker(Path(folder))
        if isinstance(found, str):
            sys.stderr.write(f"{found}\n")
            return 1
        with found as address:
            return subprocess.run(command, check=False, env={**os.environ, "ACCORD_KAFKA": address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
