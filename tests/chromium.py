"""Find a Chromium to test in, or install one where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Keep a test's browser from talking to anybody but the site under test."""


class ChromiumMissingError(Exception):
    """There is no Chromium and none could be installed; the message says what to do."""


def flags(*, graphics: bool = False) -> list[str]:
    """Return the flags to start Chromium with; root needs one more.

    Args:
        graphics: Let it use a GPU.
    """
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    chosen = [flag for flag in FLAGS if flag != "--disable-gpu" or not graphics]
    return [*chosen, "--no-sandbox"] if as_root else chosen


@cache
def find() -> Path | None:
    """Return the path of a Chromium: ``$ONSIGHT_CHROMIUM``, one on the PATH, or Playwright's own; None if none."""
    if named := os.environ.get("ONSIGHT_CHROMIUM"):
        return Path(named)
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def install() -> None:
    """Try to install a Chromium: Playwright's own, else the system's package as root on Debian."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=900)
    find.cache_clear()
    if find() or not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, env=quiet)
    find.cache_clear()


def require() -> Path:
    """Return the path of a Chromium, installed now if there was none.

    Raises:
        ChromiumMissingError: There is none and none could be installed.
    """
    if path := find():
        return path
    print("No Chromium was found; installing one for the end-to-end tests.", flush=True)
    install()
    if path := find():
        return path
    raise ChromiumMissingError(
        "The end-to-end tests need Chromium, and none could be installed. Install Chromium or Chrome, "
        "or name one in the environment variable ONSIGHT_CHROMIUM."
    )
