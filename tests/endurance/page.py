"""Interrupts Organise in a browser at random moments, and looks at what is left.

python -m tests.endurance.page [--pictures 300] [--rounds 20] [--seed 1]

Each round resumes an import, then, at a random moment, closes the tab, crashes it, ends a worker of the engine or
the library's, or takes the room away. The library must then open, be intact by SQLite's own check, and hold each
picture once with all that belongs to it. At the end the import must be complete and no failure recorded. Then a tag is
given to all pictures in rounds that are interrupted alike: all pictures have it or none. Last, pictures in a folder
that the page may write into are copied, moved and exported: each is there once, whole, and where the library says.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
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
from tests.e2e.origin_folders import FOLDERS
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

SIDECAR = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="number %d"/></rdf:RDF></x:xmpmeta>"""

DONE = """([done, total]) => new Promise((resolve) => {
  const look = () => {
    const job = document.querySelector("dialog[open] .job");
    const going = /^([0-9]+) of/.exec(job?.querySelector("[data-part=job-text]").textContent ?? "");
    const isOver = job?.querySelector("[data-part=job-end]").hidden === false;
    if (isOver || (going && Number(going[1]) >= done)) resolve(); else setTimeout(look, 1);
  };
  look();
})"""
"""Waits until so many files of a job are done, or it has ended."""

SLOW_DISK = """{
  const slow = (prototype, name) => {
    const original = prototype[name];
    prototype[name] = async function (...given) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return original.apply(this, given);
    };
  };
  slow(FileSystemWritableFileStream.prototype, "close");
  slow(FileSystemDirectoryHandle.prototype, "removeEntry");
}"""
"""Makes it likely that a page ends while a file is being written, or before an original is deleted."""

START_S = 120
GOING_ON = re.compile(r"Analysing your pictures: ([\d,]+) of")


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
        """What the page says about an import."""
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

    # Interruptions. Each leaves a page that continues by itself, or a new one.

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
        return [self.close_tab, self.end_engine, self.end_library, self.crash_tab, self.fill_disk, self.close_tab]

    # Work

    def begin_import(self) -> None:
        """Choose the folder, unless its pictures are being taken in."""
        if not GOING_ON.search(self._state()) and "Stopped" not in self._state():
            # A page that has just opened may still offer to resume where the last one stopped; this does the same.
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
                    self.shelf.imported.get_by_role("button", name="Resume").click(timeout=500)
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

    # Copies, moves and exports of pictures in a folder of the origin's own

    def begin_sorting(self, count: int) -> None:
        """Take the folder "Trip" in: pictures that differ, some with a sidecar, which the page may move and delete."""
        self.context.add_init_script(f"({FOLDERS})()")
        self.context.add_init_script(SLOW_DISK)
        self.reopen()
        paths = sorted(self.folder.rglob("*.jpg"), key=lambda path: (path.stem, path.parent))
        contents = list({path.read_bytes(): None for path in paths})[:count]
        assert len(contents) == count
        self.trip = {f"trip{number:03}.jpg": data for number, data in enumerate(contents)}
        self.sidecars = {f"trip{number:03}.jpg.xmp": SIDECAR % number for number in range(0, count, 3)}
        for name, data in {**self.trip, **self.sidecars}.items():
            encoded = base64.b64encode(data).decode()
            self.shelf.page.evaluate("(given) => putEncoded(...given)", [f"Trip/{name}", encoded])
        self._choose_folder("Trip")
        self.shelf.button("Add a folder").click()
        self.end_import(count)

    def _choose_folder(self, name: str) -> None:
        self.shelf.page.evaluate("(path) => { globalThis.chosen = path; }", name)

    def _tree(self, folder: str) -> dict[str, bytes]:
        """Return the files of one of the origin's folders by their paths, without Chromium's own temporary files."""
        tree = self.shelf.page.evaluate("async (path) => treeOf(await folderAt(path))", folder)
        files = {path: data for path, data in tree.items() if data is not None and not path.endswith(".crswap")}
        return {path: base64.b64decode(data) for path, data in files.items()}

    def _open_dialog(self, button: str) -> Locator:
        """Choose the pictures of the trip, and open what can be done with them."""
        page, count = self.shelf.page, len(self.trip)
        page.get_by_role("combobox", name="Search", exact=True).fill("name:trip*")
        page.get_by_role("heading", name=re.compile(rf"^{count} pictures")).wait_for()
        self.shelf.button("Select all").click()
        page.get_by_text(f"{count} pictures selected").wait_for()
        page.get_by_role("toolbar", name="Selected pictures").get_by_role("button", name=button).click()
        return page.get_by_role("dialog", name=re.compile("^(Sort|Export) "))

    def _copy_to(self, folder: str) -> Locator:
        dialog = self._open_dialog("Sort into folders…")
        self._choose_folder(folder)
        dialog.get_by_role("button", name="Copy to a folder…").click()
        return dialog

    def _move_to(self, folder: str) -> Locator:
        dialog = self._open_dialog("Sort into folders…")
        self._choose_folder(folder)
        dialog.get_by_role("button", name="Move to a folder…").click()
        dialog.get_by_role("button", name="Move", exact=True).click()
        return dialog

    def _export(self, format: str, button: str, folder: str = "Trip") -> Locator:
        dialog = self._open_dialog("Export…")
        dialog.get_by_role("combobox", name="Format").select_option(format)
        self._choose_folder(folder)
        dialog.get_by_role("button", name=button, exact=True).click()
        return dialog

    def _interrupt_job(self) -> str:
        """Interrupt a job when a part of it is done; return how."""
        interrupt = self.random.choice([self.close_tab, self.crash_tab, self.end_library])
        count = len(self.trip)
        self.shelf.page.evaluate(DONE, [self.random.randrange(count), count])
        self.shelf.page.wait_for_timeout(self.random.uniform(0, 40))
        interrupt()
        if interrupt == self.end_library:
            assert "Nothing" not in self._end_job(self.shelf.page.get_by_role("dialog"))
            self.reopen()
        return interrupt.__name__

    def _end_job(self, dialog: Locator) -> str:
        """Wait until a job has ended; return what the dialog says about it."""
        job = dialog.locator(".job")
        job.locator("[data-part=job-end]").wait_for()
        return job.inner_text()

    def _close_dialog(self) -> None:
        """Close the dialog of a job that has ended."""
        dialog = self.shelf.page.get_by_role("dialog", name=re.compile("^(Sort|Export) "))
        dialog.locator("header").get_by_role("button", name="Close").click()
        dialog.wait_for(state="hidden")

    def _check_originals(self, *folders: str) -> None:
        """Check that no picture and no sidecar is lost, and that the library is whole."""
        found = {data for folder in folders for data in self._tree(folder).values()}
        lost = [name for name, data in {**self.trip, **self.sidecars}.items() if data not in found]
        assert not lost, f"lost: {lost}"
        check_library(self.copy())

    def _check_place(self, folder: str) -> None:
        """Check that a folder has each picture and each sidecar once, and nothing else."""
        wanted = sorted([*self.trip.values(), *self.sidecars.values()])
        tree = self._tree(folder)
        assert sorted(tree.values()) == wanted, {name: len(data) for name, data in tree.items()}

    def _check_known_at(self, root: str) -> None:
        """Check that the library points at the pictures in a folder."""
        tree = self._tree(root)
        connection = sqlite3.connect(self.copy())
        rows = connection.execute("SELECT folder, name, hash, missing FROM image WHERE name LIKE 'trip%'").fetchall()
        connection.close()
        assert len(rows) == len(self.trip)
        for folder, name, content, missing in rows:
            data = tree[f"{folder}/{name}".removeprefix(f"{root}/")]
            assert (hashlib.sha256(data).hexdigest(), missing) == (content, 0)

    def sorts(self, rounds: int) -> None:
        """Copy the trip, then move it, each interrupted so many times."""
        for number in range(rounds):
            self._copy_to("Copies")
            how = self._interrupt_job()
            assert self._tree("Trip") == {**self.trip, **self.sidecars}
            self._check_originals("Trip")
            self.tell(f"copies, round {number + 1}: {how}, {len(self._tree('Copies'))} files")
        said = self._end_job(self._copy_to("Copies"))
        assert "problem" not in said, said
        self._check_place("Copies")
        assert self._tree("Trip") == {**self.trip, **self.sidecars}
        self._close_dialog()
        for number in range(rounds):
            self._move_to("Moved")
            how = self._interrupt_job()
            self._check_originals("Trip", "Moved")
            self.tell(f"moves, round {number + 1}: {how}, {len(self._tree('Moved'))} files moved")
        said = self._end_job(self._move_to("Moved"))
        assert "problem" not in said, said
        self._check_place("Moved")
        assert not self._tree("Trip")
        self._close_dialog()
        self._check_known_at("Moved")
        self.tell("pictures copied and moved")

    def exports(self, rounds: int) -> None:
        """Write the moved pictures' sidecars, copies with keywords and a table, each interrupted."""
        for number in range(rounds):
            self._export("sidecars", "Write next to the pictures")
            how = self._interrupt_job()
            self.tell(f"sidecars, round {number + 1}: {how}")
            self._check_known_at("Moved")
            self._export("copies", "Save to a folder…", "Keywords")
            how = self._interrupt_job()
            self.tell(f"keywords, round {number + 1}: {how}, {len(self._tree('Keywords'))} files")
            self._check_known_at("Moved")
        said = self._end_job(self._export("sidecars", "Write next to the pictures"))
        assert "problem" not in said, said
        tree = self._tree("Moved")
        pictures = {path for path in tree if path.endswith(".jpg")}
        assert sorted(tree[path] for path in pictures) == sorted(self.trip.values())
        assert set(tree) == pictures | {f"{path}.xmp" for path in pictures}
        assert all(b"</rdf:RDF>" in tree[f"{path}.xmp"] for path in pictures)
        assert all(
            any(f"number {number}".encode() in data for data in tree.values()) for number in range(0, len(self.trip), 3)
        )
        self._close_dialog()
        self._end_job(self._export("copies", "Save to a folder…", "Keywords"))  # says which were there already
        copies = self._tree("Keywords")
        assert {path for path in copies if path.endswith(".jpg")} == {f"Moved/{path}" for path in pictures}
        for path, data in copies.items():
            assert data, f"{path} is empty"
            if path.endswith(".jpg"):
                Image.open(io.BytesIO(data)).load()
        self._close_dialog()
        with self.shelf.page.expect_download() as download:
            self._export("csv", "Save")
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
        assert {row["path"] for row in rows} == {f"Moved/{path}" for path in pictures}
        self._close_dialog()
        self.tell("pictures exported")

    def tags(self, total: int, rounds: int) -> None:
        """Give all pictures a tag, interrupted."""
        for number in range(rounds):
            name = f"Round {number}"
            page = self.shelf.page
            page.get_by_role("heading", name=re.compile(rf"^{total:,} pictures")).wait_for()
            self.shelf.button("Select all").click()
            page.get_by_text(f"{total:,} pictures selected").wait_for()
            self.shelf.button("Tags…").click()
            field = page.get_by_role("dialog").get_by_role("textbox", name="Add tags to all pictures")
            field.fill(name)
            field.press("Enter")
            page.wait_for_timeout(self.random.uniform(0, 400))
            interrupt = self.random.choice([self.close_tab, self.crash_tab, self.end_library])
            interrupt()
            if interrupt == self.end_library:  # the others leave a new tab
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
            endurance.begin_sorting(min(30, pictures * 2 // 3))
            endurance.sorts(max(2, rounds // 2))
            endurance.exports(max(2, rounds // 3))
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
