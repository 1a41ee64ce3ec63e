"""What the README tells a newcomer to type, typed."""

import os
import re
import subprocess
from pathlib import Path

from accord.rooms import ROOT
from tests.journeys.stack import ACCORD, Stack

BY_HAND = re.compile(r"## By hand\n(.*?)\n## ", re.DOTALL)
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def answers_of_the_readme(stack: Stack, readme: Path) -> list[str]:
    """Run every block of the chapter "By hand" in a shell of its own, and return what each prints."""
    chapter = BY_HAND.search(readme.read_text(encoding="utf-8"))
    assert chapter is not None
    environment = {
        **os.environ,
        "PATH": f"{Path(ACCORD).parent}{os.pathsep}{os.environ['PATH']}",
        "ACCORD_FOLDER": str(stack.settings.folder),
    }
    blocks = [block.replace("http://127.0.0.1:8000", stack.url) for block in BLOCK.findall(chapter[1])]
    return [
        subprocess.run(["bash", "-euc", block], env=environment, check=True, capture_output=True, text=True).stdout
        for block in blocks
    ]


def test_the_examples_of_the_readme_do_what_it_says(stack: Stack) -> None:
    filed, tracked, listed, feed, refused = answers_of_the_readme(stack, ROOT / "README.md")

    assert '"receipt_code"' in filed
    assert '"stage":"received"' in tracked
    assert '"complaints":[' in listed
    assert '"version":"https://jsonfeed.org/version/1.1"' in feed.replace(" ", "")
    assert "The category 'sorcery' is not known; there is force, " in refused
