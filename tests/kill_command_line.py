"""Kill the command line at random moments of a run over generated pictures, and check what is left.

python -m tests.kill_command_line --pictures 300 --kills 20        by hand; `test_library_kill.py` runs a small one

Each of ``index``, ``tags add``, ``export``, ``sort --copy`` and ``sort --move`` is started and ended with SIGKILL again
and again, at a moment between its start and the time that it takes when it is left alone. After every kill the library
must open, be whole, and hold no picture twice and none that is not there. Then the command is run to its end, and the
result must be what an undisturbed run gives. The networks do not run: what they see is made from the file's hash.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
FAKE = """
import sys
sys.path[:0] = sys.argv[1:3]
from tests.kill_command_line import run_with_fake_networks
sys.exit(run_with_fake_networks(sys.argv[3:]))
"""
MAX_TRIES = 5
"""How many times a command is started for each time that it is killed before it ends."""

FOLDERS = ("cardA/100CANON", "cardB/100CANON", "旅行")


def run_with_fake_networks(arguments: list[str]) -> int:
    """Run Onsight's command line; what the networks would see is made up, so that a run takes seconds."""
    from onsight.cli.main import main
    from onsight.tools.organise.commands import indexing
    from tests.library_samples import MODELS, look_at

    class FakeIndexer:
        models = MODELS

    class FakeEngine:
        def __init__(self, **_options: object) -> None:
            pass

        def indexer(self, **_options: object) -> FakeIndexer:
            return FakeIndexer()

        def index(self, data: bytes, **_options: object) -> object:
            time.sleep(0.002)
            return look_at(data, tags=["Sofa"], colours={"red": 0.5})

    vars(indexing)["Engine"] = FakeEngine
    return main(arguments)


def make_pictures(root: Path, count: int) -> dict[str, bytes]:
    """Write small pictures, each of another content, some names in several folders; return them by path."""
    rng = np.random.default_rng(7)
    made = {}
    for number in range(count):
        path = root / FOLDERS[number % len(FOLDERS)] / f"IMG_{number // len(FOLDERS):04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((48, 48)).save(path)
        made[path.relative_to(root).as_posix()] = path.read_bytes()
    return made


class World:
    """A folder with pictures and a library, and the command line over it."""

    def __init__(self, root: Path, count: int, seed: int) -> None:
        self.root = root
        self.pictures = make_pictures(root / "photos", count)
        self.library = root / "library.sqlite"
        self.random = random.Random(seed)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        command = [sys.executable, "-c", FAKE, str(ROOT), str(ROOT / "py"), *arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.root)

    def finish(self, *arguments: str) -> float:
        """Run a command to its end; return how many seconds it took."""
        started = time.monotonic()
        with self.start(*arguments) as process:
            _, errors = process.communicate()
        assert process.returncode == 0, f"{arguments[0]} failed: {errors.decode()}"
        return time.monotonic() - started

    def kills(self, count: int, seconds: float, arguments: Callable[[int], Sequence[str]]) -> Iterator[int]:
        """Start a command again and again and kill it in between; yield the number of each try that was killed.

        Args:
            count: How many times it must be killed while it is still running.
            seconds: How long it takes when it is left alone; less if the machine is less busy now.
            arguments: Returns the command of a try.
        """
        killed = 0
        for number in range(MAX_TRIES * count):
            if killed == count:
                return
            started = time.monotonic()
            with self.start(*arguments(number)) as process:
                try:
                    process.communicate(timeout=seconds * self.random.uniform(0.2, 1.0))
                    seconds = min(seconds, time.monotonic() - started)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    killed += 1
            yield number
        assert killed, "it was never killed"

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what a query finds in the library."""
        with closing(sqlite3.connect(self.library)) as connection:
            return connection.execute(query).fetchall()

    def check(self) -> int:
        """Check that the library is whole and nothing is in it twice; return how many pictures it has."""
        if not self.library.exists() or not self.rows("SELECT 1 FROM sqlite_schema WHERE name = 'root'"):
            return 0  # it was killed before the tables were made, which are made in one transaction each
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA foreign_key_check") == []
        ((count, hashes, missing),) = self.rows("SELECT count(*), count(DISTINCT hash), sum(missing) FROM image")
        assert count == hashes, "a picture is in the library twice"
        assert not missing, "a picture is missing"
        for table in ("thumbnail", "embedding", "colour", "tag"):
            assert self.rows(f"SELECT count(*), count(DISTINCT image) FROM {table}") == [(count, count)], table
        assert self.rows("SELECT count(*) FROM failure") == [(0,)]
        assert isinstance(count, int)
        return count

    def contents(self, folder: str) -> Counter[bytes]:
        """Return the contents of the pictures in a folder; what was not finished must not look like a picture."""
        files = (path for path in (self.root / folder).rglob("*") if path.is_file() and not path.name.startswith("."))
        return Counter(path.read_bytes() for path in files)

    def tags(self) -> Counter[object]:
        """Return how many tags of a person each picture has, by hash."""
        return Counter(hash for (hash,) in self.rows("SELECT hash FROM user_tag JOIN image ON image.id = image"))


def run(pictures: int, kills: int, seed: int, root: Path) -> None:
    """Try all commands."""
    world = World(root, pictures, seed)
    expected = Counter(world.pictures.values())
    library = ("--library", str(world.library))
    print(f"{pictures} pictures, {kills} kills of each command, seed {seed}")

    index = ("index", "photos", "--jobs", "1", "--quiet")
    seconds = world.finish(*index, "--library", str(root / "undisturbed.sqlite"))
    for _ in world.kills(kills, seconds, lambda _: (*index, *library)):
        world.check()
    world.finish(*index, *library)
    assert world.check() == pictures
    print("index: whole")

    tag = ("tags", "add", "--query", "sofa", *library)
    seconds = world.finish(*tag, "The first")
    for _ in world.kills(kills, seconds, lambda number: (*tag, f"Own {number}")):
        ((tags, images, terms),) = world.rows(
            "SELECT count(*), count(DISTINCT image), count(DISTINCT term) FROM user_tag"
        )
        assert images == pictures
        assert tags == pictures * int(str(terms)), "a change of tags was written in part"
        assert world.rows("SELECT count(*) FROM edit") == [(terms,)]
        world.check()
    print("tags add: whole")

    export = ("export", "--format", "keywords", *library, "--out")
    seconds = world.finish(*export, "undisturbed")
    for number in world.kills(kills, seconds, lambda number: (*export, f"export {number}")):
        for path in sorted((root / f"export {number}").rglob("*.png")):
            if not path.name.startswith("."):
                with Image.open(path) as image:
                    image.load()  # it is whole, or not there
        world.check()
    world.finish("export", "--format", "csv", "--out", "csv", *library)
    (table,) = (root / "csv").iterdir()
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == pictures + 1
    print("export: whole")

    copy = ("sort", "photos", "--by", "label", *library, "--jobs", "1", "--quiet", "--copy", "--to")
    seconds = world.finish(*copy, "undisturbed copy")
    for _ in world.kills(kills, seconds, lambda _: (*copy, "copied")):
        assert world.contents("copied") <= expected
        world.check()
    world.finish(*copy, "copied")
    assert world.contents("copied") == world.contents("photos") == expected
    assert world.check() == pictures
    print("sort --copy: whole")

    move = ("sort", "photos", "--by", "label", *library, "--jobs", "1", "--quiet", "--move", "--to", "moved")
    before = world.tags()
    for _ in world.kills(kills, seconds, lambda _: move):
        assert set(world.contents("photos") | world.contents("moved")) == set(expected), "a picture is lost"
        world.check()
    world.finish(*move)
    world.finish("index", "photos", "moved", *library, "--jobs", "1", "--quiet")
    assert world.contents("moved") == expected
    assert world.contents("photos") == Counter()
    assert world.check() == pictures
    found = {Path(str(folder), str(name)) for folder, name in world.rows("SELECT folder, name FROM image")}
    assert found == {path.absolute() for path in (root / "moved").rglob("*.png")}
    assert world.tags() == before, "a picture has lost or got tags"
    print("sort --move: whole")


def main() -> None:
    """Run what the options say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(options.pictures, options.kills, options.seed, Path(folder))


if __name__ == "__main__":
    main()
