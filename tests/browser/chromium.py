"""The browser of the system for the tests: `python -m tests.browser.chromium` installs it where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# No call to anywhere on its own account, so that every request a test sees is the page's.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "no Chromium or Chrome on this machine: install it (Debian: apt-get install chromium) or set KLARTEXT_CHROMIUM"
)


def find() -> str | None:
    """The browser's program, or None where there is none."""
    if given := os.environ.get("KLARTEXT_CHROMIUM"):
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser."""
    program = find()
    assert program is not None, MISSING
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def install() -> None:
    """Install it from Debian's packages as root; elsewhere say what is missing."""
    if find() is not None:
        return
    if not Path("/etc/debian_version").exists() or not hasattr(os, "geteuid") or os.geteuid() != 0:
        print(f"the tests in a browser are skipped: {MISSING}", file=sys.stderr)
        return
    print("installing Chromium for the tests in a browser …", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-q", "update"], ["apt-get", "-q", "install", "-y", "chromium"]):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            print(f"the tests in a browser are skipped: {' '.join(command)} failed: {done.stderr}", file=sys.stderr)
            return


if __name__ == "__main__":
    install()
