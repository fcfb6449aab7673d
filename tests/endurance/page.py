"""Interrupts Organise in a browser at random moments, and looks at what is left.

python -m tests.endurance.page [--pictures 300] [--rounds 20] [--seed 1]

Each round goes on with an import, then, at a random moment, closes the tab, crashes it, ends a worker of the engine or
the library's, or takes the room away. The library must then open, be intact by SQLite's own check, and hold each
picture once with all that belongs to it. At the end the import must be complete and no failure recorded. Then a tag is
given to all pictures in rounds that are interrupted alike: all pictures have it or none.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Locator, Page, sync_playwright

from tests import chromium
from web.serve import DIST, make_server

WORKERS = """{
  const Original = Worker;
  globalThis.workers = [];
  globalThis.Worker = class extends Original {
    constructor(...given) {
      super(...given);
      workers.push(this);
    }
  };
}"""
"""Lets a page's workers be ended at once, whatever they are doing. The library's is the second that a page starts."""

NO_CHOOSER_OF_ITS_OWN = "delete window.showDirectoryPicker"
"""The browser's own chooser of folders cannot be driven; without it the page takes the one that can."""

START_S = 120
GOING_ON = re.compile(r"Looking at your pictures: ([\d,]+) of")


def make_pictures(folder: Path, count: int) -> None:
    """Write pictures that differ, some of them copies of others, into two folders whose names repeat."""
    for number in range(count):
        place = folder / f"card {number % 2}"
        place.mkdir(parents=True, exist_ok=True)
        seed = number - 7 if number % 50 == 49 else number  # a copy
        pixels = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
        data = io.BytesIO()
        Image.fromarray(pixels).resize((240, 180), Image.Resampling.BICUBIC).save(data, "JPEG")
        (place / f"IMG_{number // 2:04}.jpg").write_bytes(data.getvalue())


def check_library(path: Path, tag: str = "") -> tuple[int, int]:
    """Return how many pictures a library's file has and how many have a tag, after checking that it is whole."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        paths = connection.execute("SELECT folder, name FROM image").fetchall()
        assert len(set(paths)) == len(paths), "a picture is there twice"
        for table in ("thumbnail", "embedding"):
            (whole,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert whole == len(paths), f"{whole} of {len(paths)} pictures have their {table}"
        (bare,) = connection.execute("SELECT count(*) FROM image WHERE id NOT IN (SELECT image FROM tag)").fetchone()
        assert bare == 0, f"{bare} pictures have no tags"
        assert connection.execute("SELECT * FROM failure").fetchall() == []
        (tagged,) = connection.execute(
            "SELECT count(*) FROM user_tag JOIN term ON term.id = term WHERE term.name = ?", (tag,)
        ).fetchone()
        return len(paths), tagged
    finally:
        connection.close()


@dataclass
class Shelf:
    """Organise in a tab."""

    page: Page

    @property
    def imported(self) -> Locator:
        """What the page says of an import."""
        return self.page.get_by_role("region", name="Import")

    def button(self, name: str) -> Locator:
        """Return a button by its name."""
        return self.page.get_by_role("button", name=name)

    def add_folder(self, folder: Path) -> None:
        """Choose a folder of this machine."""
        name = "Choose a folder" if self.button("Choose a folder").is_visible() else "Add a folder"
        with self.page.expect_file_chooser() as chooser:
            self.button(name).click()
        chooser.value.set_files(folder)


@dataclass
class Endurance:
    """One library in one browser profile.

    Attributes:
        context: The profile.
        site: Origin of the site.
        folder: The pictures.
        random: Chooses moments and interruptions.
        scratch: Folder for copies of the library.
        tell: Told what was done, a line each.
    """

    context: BrowserContext
    site: str
    folder: Path
    random: random.Random
    scratch: Path
    tell: Callable[[str], None] = print

    def __post_init__(self) -> None:
        self.context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
        self.context.add_init_script(WORKERS)
        self.context.set_default_timeout(START_S * 1000)
        self.shelf = self.open()

    def open(self) -> Shelf:
        """Open Organise in a new tab."""
        page = self.context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        shelf = Shelf(page)
        page.goto(f"{self.site}/#/organise")
        page.get_by_role("button", name="Library:").wait_for(timeout=START_S * 1000)
        return shelf

    def reopen(self) -> None:
        """Open a new tab after the one before went."""
        for page in self.context.pages[1:]:
            with suppress(Error):
                page.close()
        self.shelf = self.open()

    def copy(self) -> Path:
        """Save the library as a file, as a person would."""
        target = self.scratch / "copy.sqlite"
        self.shelf.button("Library:").click()
        with self.shelf.page.expect_download() as download:
            self.shelf.button("Save as a file").click()
        download.value.save_as(target)
        self.shelf.page.keyboard.press("Escape")
        return target

    # Interruptions. Each leaves a page that goes on by itself, or a new one.

    def close_tab(self) -> None:
        """Close the tab as a person does."""
        self.shelf.page.close()
        self.reopen()

    def crash_tab(self) -> None:
        """End the tab's process."""
        page = self.shelf.page
        with suppress(Error):
            page.goto("chrome://crash", timeout=3000)
        self.reopen()

    def end_engine(self) -> None:
        """End one of the engine's workers."""
        self._end("workers.filter((_, index) => index !== 1)")

    def end_library(self) -> None:
        """End the library's worker."""
        self._end("[workers[1]]")

    def _end(self, which: str) -> None:
        choice = self.random.random()
        self.shelf.page.evaluate(
            f"(choice) => {{ const all = {which}; all[Math.floor(choice * all.length)].terminate(); }}", choice
        )

    def fill_disk(self) -> None:
        """Leave the site no room for a moment."""
        session = self.context.new_cdp_session(self.shelf.page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": self.site, "quotaSize": 1})
        self.shelf.page.wait_for_timeout(1500)
        session.send("Storage.overrideQuotaForOrigin", {"origin": self.site})
        session.detach()

    @property
    def interruptions(self) -> list[Callable[[], None]]:
        """All ways to interrupt; closing the tab counts twice."""
        return [self.close_tab, self.crash_tab, self.close_tab, self.end_engine, self.end_library, self.fill_disk]

    # Work

    def begin_import(self) -> None:
        """Choose the folder, unless its pictures are being taken in."""
        if not GOING_ON.search(self._state()) and "Stopped" not in self._state():
            # A page that has just opened may still offer to go on where the last one stopped: this does the same.
            self.shelf.add_folder(self.folder)

    def end_import(self, total: int) -> None:
        """Wait until all pictures are in, going on where the page stopped."""
        ends, before = time.monotonic() + START_S, ""
        while "All pictures are in the library" not in (state := self._state()):
            if state != before:
                ends, before = time.monotonic() + START_S, state
            assert time.monotonic() < ends, f"The import of {total} pictures does not go on: {state}"
            if "Stopped" in state:
                with suppress(Error):
                    self.shelf.imported.get_by_role("button", name="Go on").click(timeout=500)
            self.shelf.page.wait_for_timeout(200)

    def wait_for_more_than(self, known: int) -> None:
        """Wait until a picture is done that was not in the library before."""
        ends = time.monotonic() + START_S
        while (going := GOING_ON.search(self._state())) and int(going[1].replace(",", "")) <= known:
            assert time.monotonic() < ends, f"Nothing is taken in: {self._state()}"
            self.shelf.page.wait_for_timeout(50)

    def _state(self) -> str:
        region = self.shelf.imported
        return region.inner_text() if region.is_visible() else ""

    def imports(self, total: int, rounds: int, seconds: float) -> None:
        """Take all pictures in, interrupted so many times; ``seconds`` is the longest time between."""
        before = 0
        for number in range(rounds):
            interrupt = self.interruptions[number % 6] if number < 6 else self.random.choice(self.interruptions)
            self.begin_import()
            if self.random.random() < 0.8:  # else while the engine may still be starting
                self.wait_for_more_than(before)
            self.shelf.page.wait_for_timeout(self.random.uniform(0.05, seconds) * 1000)
            interrupt()
            if "tab" not in interrupt.__name__:  # the page goes on, for a while
                self.shelf.page.wait_for_timeout(self.random.uniform(0.5, seconds) * 1000)
                assert "could not be opened" not in self._state(), self._state()
                self.close_tab()
            count, _ = check_library(self.copy())
            self.tell(f"round {number + 1}: {interrupt.__name__}, {count} of {total} pictures")
            assert before <= count <= total
            before = count
        self.begin_import()
        self.end_import(total)
        count, _ = check_library(self.copy())
        assert count == total, f"{count} of {total}"
        self.tell(f"import complete: {count} pictures")

    def tags(self, total: int, rounds: int) -> None:
        """Give all pictures a tag, interrupted."""
        for number in range(rounds):
            name = f"Round {number}"
            page = self.shelf.page
            page.get_by_role("heading", name=re.compile(rf"^{total:,} pictures")).wait_for()
            self.shelf.button("Choose all").click()
            page.get_by_text(f"{total:,} pictures chosen").wait_for()
            self.shelf.button("Tags…").click()
            field = page.get_by_role("dialog").get_by_role("textbox", name="Add tags to all of them")
            field.fill(name)
            field.press("Enter")
            page.wait_for_timeout(self.random.uniform(0, 400))
            interrupt = self.random.choice([self.close_tab, self.crash_tab, self.end_library])
            interrupt()
            self.reopen()
            count, tagged = check_library(self.copy(), name)
            self.tell(f"tags, round {number + 1}: {interrupt.__name__}, {tagged} of {total} tagged")
            assert (count, tagged) in ((total, 0), (total, total))


def run(pictures: int, rounds: int, seed: int, tell: Callable[[str], None] = print) -> None:
    """Make pictures and a profile, and interrupt."""
    server = make_server(DIST)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "Holiday"
        make_pictures(folder, pictures)
        context = playwright.chromium.launch_persistent_context(
            Path(scratch) / "profile", executable_path=chromium.find(), args=chromium.flags()
        )
        try:
            site = f"http://localhost:{server.server_address[1]}"
            endurance = Endurance(context, site, folder, random.Random(seed), Path(scratch), tell)
            endurance.imports(pictures, rounds, seconds=max(1.0, pictures / 6 / max(1, rounds) * 2))
            endurance.tags(pictures, max(2, rounds // 3))
        finally:
            context.close()
            server.shutdown()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run(options.pictures, options.rounds, options.seed, lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
