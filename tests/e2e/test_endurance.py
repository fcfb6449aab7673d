"""Short runs of tests/endurance/page.py, which interrupts Organise at random moments.

The number of rounds keeps each below 40 seconds on a machine that does nothing else. ``python -m
tests.endurance.page`` runs as many as you like.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import chromium
from tests.endurance.page import Endurance, make_pictures


@pytest.fixture
def endurance(site: str, browser: Browser, tmp_path: Path) -> Iterator[Endurance]:
    """Organise in a profile on the disk, and twelve pictures."""
    folder = tmp_path / "Holiday"
    make_pictures(folder, 12)
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=chromium.require(), args=chromium.flags()
    )
    try:
        yield Endurance(context, site, folder, random.Random(5), tmp_path)
    finally:
        context.close()


def test_an_import_that_is_interrupted_leaves_a_whole_library(endurance: Endurance) -> None:
    endurance.imports(12, rounds=3, seconds=1.0)
    endurance.tags(12, rounds=1)


def test_files_are_written_once_and_whole_whatever_interrupts(endurance: Endurance) -> None:
    endurance.begin_sorting(9)
    endurance.sorts(rounds=1)
    endurance.exports(rounds=1)
