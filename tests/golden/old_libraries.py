"""Write ``old-command-line.sqlite.gz`` and ``old-page.sqlite.gz``: libraries as the first release made them.

The first release of the tables is commit c13c162. Run this script with the package of that commit and the tests'
helpers of this one. It needs the converted networks. Its imports are those of that commit: leave them as they are.

    git worktree add /tmp/old c13c162
    PYTHONPATH=/tmp/old/py python -m tests.golden.old_libraries

The command line's library holds folders in folders, a ZIP archive, a copy, a broken file, names and own tags in several
scripts, rejected tags, a history with an undone change, and saved searches. The page's holds relative folders, a single
file (folder ""), and a pasted picture.
"""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import zipfile
from pathlib import Path

from onsight.library.indexing import index
from onsight.library.requests import BeginImportOptions, OpenLibraryOptions, RecordOptions, RefuseOptions
from onsight.library.shelf import Shelf
from onsight.native import Engine
from PIL import Image

from onsight.errors import CorruptImageError
from onsight.library import edits, parcels, search, store
from onsight.library.database import Library
from onsight.library.files import Walk
from tests.pictures import sample

HERE = Path(__file__).parent
HOME = "/Pictures"
"""Where the command line's pictures are said to be."""


def picture(name: str, *, turned: bool = False, **options: object) -> bytes:
    """A small JPEG of a sample."""
    with Image.open(io.BytesIO(sample(name))) as image:
        small = image.convert("RGB")
    small.thumbnail((200, 200))
    if turned:
        small = small.transpose(Image.Transpose.ROTATE_90)
    written = io.BytesIO()
    small.save(written, "JPEG", **{"quality": 60, **options})
    return written.getvalue()


def dated(when: str) -> Image.Exif:
    """EXIF of a picture that was taken at a moment."""
    exif = Image.Exif()
    exif[0x0110] = "Pixel 7"
    exif.get_ifd(0x8769)[0x9003] = when
    return exif


def named(library: Library, *names: str) -> list[int]:
    """Ids of pictures by file name."""
    rows = library.connection.execute("SELECT id, name FROM image ORDER BY id").fetchall()
    return [row["id"] for row in rows if row["name"] in names]


def command_line(path: Path, root: Path) -> None:
    """Make the library of the command line."""
    pictures = {
        "cardA/100CANON/IMG_0001.JPG": picture("chelsea", exif=dated("2021:05:06 07:08:09")),
        "cardA/100CANON/IMG_0002.JPG": picture("coffee"),
        "cardB/100CANON/IMG_0001.JPG": picture("coffee", turned=True),
        "旅行/夜景.jpg": picture("chelsea", turned=True),
        "旅行/Häuschen am See.jpg": picture("coffee", exif=dated("2019:12:31 23:59:58")),
        "copy of IMG_0001.JPG": picture("chelsea", exif=dated("2021:05:06 07:08:09")),
        "broken.jpg": picture("chelsea")[:400],
    }
    for name, data in pictures.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        os.utime(root / name, ns=(1_600_000_000_000_000_000, 1_600_000_000_000_000_000))
    with zipfile.ZipFile(root / "Ελλάδα.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("in/Ёлка.jpg", (2020, 2, 29, 12, 0, 0)), picture("chelsea", quality=50))
    with Library.open(path) as library:
        index(library, Walk([root, root / "Ελλάδα.zip"]), detect=True, jobs=1)
        edits.add_tags(library, named(library, "IMG_0001.JPG"), ["Grandma"])
        edits.remove_tags(library, named(library, "IMG_0001.JPG")[1:], ["Grandma"])
        edits.add_tags(library, named(library, "夜景.jpg"), ["東京旅行", "제주도 여행", "Ёлка"])
        edits.add_tags(library, named(library, "Häuschen am See.jpg"), ["Straße", "हिन्दी"])
        first = named(library, "IMG_0001.JPG")[0]
        shown = [tag.name for tag in store.tags_of(library, first) if tag.source != "user"]
        edits.reject(library, [first], shown[0])
        edits.accept(library, named(library, "Ёлка.jpg"), store.tags_of(library, *named(library, "Ёлка.jpg"))[0].name)
        edits.rename_tag(library, named(library, "夜景.jpg"), "Ёлка", "Новый год")
        edits.add_tags(library, named(library, "IMG_0002.JPG"), ["Taken back"])
        edits.undo(library)
        search.save_search(library, "Großmutter", "user:Grandma")
        search.save_search(library, "Cats of 2021", "cat taken:2021")
        with library.transaction() as connection:
            for table in ("image", "failure"):
                connection.execute(f"UPDATE {table} SET folder = replace(folder, ?, ?)", (root.as_posix(), HOME))


def page(path: Path) -> None:
    """Make the library of the page."""
    engine = Engine()
    shelf = Shelf(lambda detect: engine.indexer(detect=detect).models)
    shelf.open(OpenLibraryOptions(str(path)))
    shelf.begin(BeginImportOptions(roots=("100CANON",), files=("100CANON/IMG_0001.JPG",)))
    pictures = {
        ("100CANON", "IMG_0001.JPG"): picture("chelsea"),
        ("Urlaub/Фото", "ภาพถ่าย.jpg"): picture("coffee"),
        ("", "image.png"): picture("chelsea", turned=True),
        ("Urlaub.zip/in", "picture.jpg"): picture("coffee", turned=True),
    }
    for (folder, name), data in pictures.items():
        look = parcels.pack(engine.index(data))
        shelf.record(RecordOptions(folder, name, len(data), 1_600_000_000_123, look))
    shelf.refuse(RefuseOptions("", "broken.jpg", 5, 1_600_000_000_123, CorruptImageError.code, "Cut short."))
    edits.add_tags(shelf.library, named(shelf.library, "image.png"), ["Screenshot"])
    edits.add_tags(shelf.library, named(shelf.library, "IMG_0001.JPG", "ภาพถ่าย.jpg"), ["家族"])
    edits.add_tags(shelf.library, named(shelf.library, "picture.jpg"), ["Undone"])
    edits.undo(shelf.library)
    search.save_search(shelf.library, "Family", "user:家族")
    shelf.close(None)


def main() -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Pictures").mkdir()
        for name, make in (
            ("old-command-line", lambda path: command_line(path, Path(folder) / "Pictures")),
            ("old-page", page),
        ):
            path = Path(folder) / f"{name}.sqlite"
            make(path)
            (HERE / f"{name}.sqlite.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
