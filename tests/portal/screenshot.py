"""The command that draws the portal's front page for the README: `python -m tests.portal.screenshot`."""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from accord.rooms import ROOT
from tests.journeys.stack import free_ports

PICTURE = ROOT / "docs" / "portal.png"
SIZE = {"width": 1_000, "height": 1_000}
COMPLAINTS = ("force", "discourtesy", "discourtesy", "unbecoming-conduct", "force")
SECONDS = 180.0


def main() -> None:
    """Play the demo's story on an installation of its own, file a few complaints more, and draw the front page."""
    found = shutil.which("chromium")
    if found is None:
        sys.exit("There is no chromium; on Debian it is a package of that name.")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # run by root, PostgreSQL is another user, who must be able to pass through
        site = f"http://127.0.0.1:{free_ports(5)}"
        command = [f"{Path(sys.executable).parent}/accord", "demo", "--folder", f"{folder}/demo", "--port", site[17:]]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            wait_for_the_end(running)
            for category in COMPLAINTS:
                body = {"narrative": "As it happened.", "categories": [category]}
                httpx.post(f"{site}/agencies/rivertown/complaints", json=body).raise_for_status()
            time.sleep(3)
            draw(found, site)
        finally:
            running.terminate()
            running.wait(60)


def wait_for_the_end(running: subprocess.Popen[str]) -> None:
    """Return when the story was told.

    Raises:
        SystemExit: it was not.
    """
    deadline = time.monotonic() + SECONDS
    for line in running.stdout or ():
        if line.startswith("Stop with"):
            return
        if time.monotonic() > deadline:
            break
    sys.exit("The demo did not come to its end.")


def draw(chromium: str, site: str) -> None:
    """Draw the front page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        page.goto(site)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
