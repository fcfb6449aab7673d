"""How the page writes files into folders and archives: whole or not at all, and nothing over what is there."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.browsing import OpenPage
from tests.e2e.origin_folders import FOLDERS
from tests.e2e.page_modules import add_module


@pytest.fixture
def bare(site: str, open_page: OpenPage) -> Page:
    """A page of the site on which nothing of Organise has begun."""
    page, _ = open_page(f"{site}/#/privacy")
    page.evaluate(FOLDERS)
    add_module(page, "page/lib/writing.js", "writing")
    return page


def run(page: Page, script: str, given: Any = None) -> Any:
    """Run a script that uses what ``writing.js`` exports as ``writing``."""
    return page.evaluate(
        "async (given) => { const signal = new AbortController().signal; const onProgress = () => {};" + script + "}",
        given,
    )


def test_files_are_written_and_nothing_is_overwritten(bare: Page) -> None:
    told = run(
        bare,
        """
        await put("out/Pets/cat.jpg", "theirs");
        await put("out/Food", "a file where a folder must be");
        const folder = await folderAt("out");
        const placed = [];
        const steps = [];
        const report = await writing.writeIntoFolder(folder, [
          output("Pets/cat.jpg", "ours"),
          output("Pets/cat (2).jpg", "ours", { placed: async (file) => { placed.push(file.size); } }),
          output("Food/soup.jpg", "soup"),
          unreadable("Nowhere/gone.jpg"),
          output("Nature/Sea/wave.jpg", "wave", { placed: async () => { throw new Error("It stays where it was."); } }),
        ], { signal, onProgress: (...step) => steps.push(step) });
        report.failures.sort((one, other) => one.path.localeCompare(other.path));
        return { report, placed, tree: await treeOf(folder), steps: steps.length, last: steps.at(-1).slice(0, 2) };
        """,
    )
    assert told["report"]["written"] == 2
    assert [(one["path"], one["message"].split(".")[0]) for one in told["report"]["failures"]] == [
        ("Food/soup.jpg", "A file is in the way of a folder with the same name"),
        ("Nature/Sea/wave.jpg", "It stays where it was"),
        ("Nowhere/gone.jpg", "The file could not be read: it was moved, deleted or locked"),
        ("Pets/cat.jpg", "“Pets/cat"),
    ]
    assert told["placed"] == [4]
    assert told["steps"] == 5
    assert told["last"] == [5, 5]
    assert {path for path in told["tree"] if not path.endswith("/")} == {
        "Food",
        "Nature/Sea/wave.jpg",
        "Pets/cat (2).jpg",
        "Pets/cat.jpg",
    }
    assert "Nowhere/" not in told["tree"]
    assert told["tree"]["Pets/cat.jpg"] == "dGhlaXJz"  # theirs


def test_what_goes_along_is_written_after_an_interruption_and_never_beside_another_file(bare: Page) -> None:
    """A run that was interrupted left a picture, and its sidecar empty or not at all."""
    told = run(
        bare,
        """
        for (const [path, text] of Object.entries({ "a.jpg": "a", "a.jpg.xmp": "", "b.jpg": "b", "c.jpg": "theirs" }))
          await put(`again/${path}`, text);
        const folder = await folderAt("again");
        const report = await writing.writeIntoFolder(folder, ["a", "b", "c"].map((name) => output(`${name}.jpg`, name, {
          beside: async () => [output(`${name}.jpg.xmp`, `sidecar of ${name}`)],
        })), { signal, onProgress });
        const tree = await treeOf(folder);
        return { report, tree: Object.fromEntries(Object.entries(tree).map(([path, data]) => [path, atob(data)])) };
        """,
    )
    assert sorted(one["path"] for one in told["report"]["failures"]) == ["a.jpg", "b.jpg", "c.jpg"]
    assert told["tree"] == {
        "a.jpg": "a",
        "a.jpg.xmp": "sidecar of a",
        "b.jpg": "b",
        "b.jpg.xmp": "sidecar of b",
        "c.jpg": "theirs",
    }


def test_a_file_that_breaks_off_leaves_nothing(bare: Page) -> None:
    told = run(
        bare,
        """
        const folder = await folderAt("broken");
        const { createWritable } = FileSystemFileHandle.prototype;
        FileSystemFileHandle.prototype.createWritable = async function () {
          const writable = await createWritable.call(this);
          const close = async () => { throw new DOMException("full", "QuotaExceededError"); };
          if (this.name === "half.jpg") writable.close = close;
          return writable;
        };
        await put("broken/sidecar.xmp", "before");
        const report = await writing.writeIntoFolder(folder, [output("half.jpg", "half")], { signal, onProgress });
        return { report, tree: await treeOf(folder) };
        """,
    )
    message = "The disk is full. Free some space and try again."
    assert told["report"]["problem"] == message
    assert told["report"]["failures"] == [{"path": "half.jpg", "message": message}]
    assert told["tree"] == {"sidecar.xmp": "YmVmb3Jl"}


def test_writing_stops_when_it_is_cancelled(bare: Page) -> None:
    told = run(
        bare,
        """
        const folder = await folderAt("cancelled");
        const abort = new AbortController();
        const outputs = Array.from({ length: 50 }, (_, index) => output(`${index}.jpg`, "text"));
        const report = await writing.writeIntoFolder(folder, outputs, {
          signal: abort.signal, onProgress: (done) => { if (done === 5) abort.abort(); },
        });
        const target = await folder.getFileHandle("cancelled.zip", { create: true });
        const packing = new AbortController();
        const packed = await writing.writeZip("cancelled.zip", target, outputs, {
          signal: packing.signal, onProgress: (done) => { if (done === 5) packing.abort(); },
        });
        return { report, packed, tree: Object.keys(await treeOf(folder)) };
        """,
    )
    assert told["report"]["isCancelled"]
    assert 5 <= told["report"]["written"] <= 8
    assert told["report"]["failures"] == []
    assert told["packed"] == {"written": 0, "failures": [], "problem": None, "isCancelled": True}
    assert len(told["tree"]) == told["report"]["written"]
    assert "cancelled.zip" not in told["tree"]


def test_what_is_there_is_listed_with_the_hashes_of_what_may_be_the_same(bare: Page) -> None:
    told = run(
        bare,
        """
        await put("there/Pets/cat.jpg", "cat");
        await put("there/Pets/dog.jpg", "dogs");
        await put("there/Pets/old/x.jpg", "x");
        await put("there/loose.jpg", "cat");
        return writing.listTaken(await folderAt("there"), ["", "Pets", "Food"], new Set([3]));
        """,
    )
    found = dict(zip(told["taken"], told["hashes"], strict=True))
    cat = "77af778b51abd4a3c51c5ddd97204a9c3ae614ebccb75a606c3b6865aed6744e"
    assert found == {"Pets": "", "loose.jpg": cat, "Pets/cat.jpg": cat, "Pets/dog.jpg": "", "Pets/old": ""}


def test_a_zip_holds_the_rest_when_one_file_cannot_be_read(bare: Page) -> None:
    script = """
        const outputs = [
          output("Pets/Kätzchen.jpg", "cat"), unreadable("gone.jpg"),
          output("old.jpg", "old", { modified: 0 }), output("Pets/dog.jpg", "dog"),
        ];
        if (given) return writing.writeZip("sorted.zip", undefined, outputs, { signal, onProgress });
        const folder = await folderAt("zips");
        const target = await folder.getFileHandle("sorted.zip", { create: true });
        const report = await writing.writeZip("sorted.zip", target, outputs, { signal, onProgress });
        return { report, tree: await treeOf(folder) };
        """
    told = run(bare, script)
    with bare.expect_download() as download:
        report = run(bare, script, True)
    assert report == told["report"]
    assert report["written"] == 3
    assert [one["path"] for one in report["failures"]] == ["gone.jpg"]
    assert download.value.suggested_filename == "sorted.zip"
    for data in (base64.b64decode(told["tree"]["sorted.zip"]), download.value.path().read_bytes()):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert {name: archive.read(name) for name in archive.namelist()} == {
                "Pets/Kätzchen.jpg": b"cat",
                "old.jpg": b"old",
                "Pets/dog.jpg": b"dog",
            }
            assert archive.getinfo("Pets/dog.jpg").date_time[:3] == (2020, 7, 14)
            assert archive.getinfo("old.jpg").date_time[0] == 1980
