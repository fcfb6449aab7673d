"""A short run of tests/endurance/page.py, which interrupts Organise at random moments."""

from __future__ import annotations

import random
from pathlib import Path

from playwright.sync_api import Browser

from tests import chromium
from tests.endurance.page import Endurance, make_pictures


def test_whatever_ends_at_any_moment_the_library_stays_whole(site: str, browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "Holiday"
    make_pictures(folder, 12)
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=chromium.require(), args=chromium.flags()
    )
    try:
        endurance = Endurance(context, site, folder, random.Random(5), tmp_path)
        endurance.imports(12, rounds=3, seconds=1.0)
        endurance.tags(12, rounds=1)
        endurance.begin_sorting(9)
        endurance.sorts(rounds=1)
        endurance.exports(rounds=1)
    finally:
        context.close()
