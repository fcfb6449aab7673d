"""How many changed copies of photographs are found, how many others are joined by mistake, and how long it takes.

    python -m tests.bench.duplicates FOLDER [FOLDER …] [--many N]

Each photograph in the folders is copied in many ways: smaller, recompressed, cropped, turned, mirrored, recoloured. No
network runs; only thumbnails are made. With ``--many``, finding is also timed for N signatures of random pictures.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from onsight.image import decode, encode_preview
from onsight.library.near import find_same
from onsight.library.orientation import NAMES, followed_by, inverse
from onsight.library.records import PictureRecord
from onsight.library.signature import GRID
from tests.library_samples import filled, look

_T = Image.Transpose


def _smaller(longest: int) -> Callable[[Image.Image], Image.Image]:
    def change(image: Image.Image) -> Image.Image:
        image = image.copy()
        image.thumbnail((longest, longest))
        return image

    return change


def _cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    def change(image: Image.Image) -> Image.Image:
        width, height = image.size
        return image.crop((round(width * left), round(height * top), round(width * right), round(height * bottom)))

    return change


COPIES: dict[str, tuple[Callable[[Image.Image], Image.Image], int]] = {
    "half the size": (lambda image: image.reduce(2), 85),
    "160 pixels": (_smaller(160), 85),
    "quality 40": (lambda image: image, 40),
    "quality 10": (lambda image: image, 10),
    "brighter": (lambda image: ImageEnhance.Brightness(image).enhance(1.15), 85),
    "more contrast": (lambda image: ImageEnhance.Contrast(image).enhance(1.2), 85),
    "more saturation": (lambda image: ImageEnhance.Color(image).enhance(1.2), 85),
    "cropped by 1% at each edge": (_cropped(0.01, 0.01, 0.99, 0.99), 85),
    "cropped by 2.5% at each edge": (_cropped(0.025, 0.025, 0.975, 0.975), 85),
    "cropped by 5% at one edge": (_cropped(0.05, 0, 1, 1), 85),
    "turned 90° clockwise": (lambda image: image.transpose(_T.ROTATE_270), 85),
    "turned 90° anticlockwise": (lambda image: image.transpose(_T.ROTATE_90).reduce(2), 85),
    "turned 180°": (lambda image: image.transpose(_T.ROTATE_180), 50),
    "mirrored": (ImageOps.mirror, 85),
    "mirrored top to bottom": (ImageOps.flip, 85),
}
OTHERS: dict[str, tuple[Callable[[Image.Image], Image.Image], int]] = {
    "other colours": (lambda image: Image.merge("RGB", [image.getchannel(one) for one in "BRG"]), 85),
}
"""What must not be joined, at least where the photograph has colours."""


def thumbnail_of(image: Image.Image, quality: int) -> bytes:
    """Return the thumbnail that a library has of a picture that was saved as a JPEG."""
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return encode_preview(decode(data.getvalue(), min_side=320), 256, 80)


def measure(photographs: list[Path]) -> None:
    """Print recall for each way of copying, and how many different photographs are joined."""
    opened = {path: ImageOps.exif_transpose(Image.open(path)).convert("RGB") for path in photographs}
    first = {path: thumbnail_of(image, 95) for path, image in opened.items()}
    with filled(
        {
            f"{number}.jpg": _look(data, image)
            for number, (image, data) in enumerate((opened[path], data) for path, data in first.items())
        }
    ) as library:
        ids = [id for (id,) in library.connection.execute("SELECT id FROM image")]
        joined = [group for group in find_same(library, ids) if len(group) > 1]
        print(f"{len(ids)} photographs; joined although they are not copies: {joined}")
    for name, (change, quality) in {**COPIES, **OTHERS}.items():
        pictures = {}
        for number, (path, image) in enumerate(opened.items()):
            copied = change(image)
            pictures[f"{number}/a.jpg"] = _look(first[path], image)
            pictures[f"{number}/b.jpg"] = _look(thumbnail_of(copied, quality), copied)
        with filled(pictures) as library:
            rows = library.connection.execute("SELECT id, folder FROM image").fetchall()
            folders = {row["id"]: row["folder"] for row in rows}
            found = right = false = 0
            for group in find_same(library, list(folders)):
                if len(group) == 2 and len({folders[id] for id in group}) == 1:
                    (_, one), (_, other) = sorted(group.items())
                    found += 1
                    turn = NAMES[followed_by(inverse(one), other)]
                    right += turn == (name if name in NAMES else "")
                elif len(group) > 1:
                    false += 1
            print(
                f"{name:30} found {found / len(opened):6.1%}, named rightly {right / max(found, 1):6.1%}, false {false}"
            )


def time_many(count: int) -> None:
    """Print how long finding takes in a library of random pictures."""
    rng = np.random.default_rng(0)
    waves = rng.normal(0, 50, (count, 8, 8)).astype("<f2")
    chroma = rng.integers(-60, 60, (count, GRID, GRID, 2), dtype=np.int8)
    with filled({}) as library, library.transaction() as connection:
        connection.execute("INSERT INTO run (started, onsight) VALUES ('', '')")
        columns = {row["name"]: row["type"] for row in connection.execute("PRAGMA table_info(image)")}
        example: dict[str, int | str | None] = {
            name: 1 if kind in ("INTEGER", "REAL") else "" for name, kind in columns.items()
        }
        example |= {"label_term": None, "width": 400, "height": 300}
        for number in range(count):
            row = {**example, "id": number + 1, "name": f"{number}.jpg", "hash": str(number)}
            connection.execute(f"INSERT INTO image VALUES ({', '.join(f':{name}' for name in row)})", row)
            connection.execute(
                "INSERT INTO signature VALUES (?, ?)", (number + 1, waves[number].tobytes() + chroma[number].tobytes())
            )
        started = time.perf_counter()
        groups = sum(len(group) > 1 for group in find_same(library, range(1, count + 1)))
        print(f"{count} pictures: {groups} groups in {time.perf_counter() - started:.1f} s")


def _look(thumbnail: bytes, image: Image.Image) -> PictureRecord:
    return look(content=str(hash(thumbnail)), thumbnail=thumbnail, size=image.size)


def main() -> int:
    """Measure; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--many", type=int, default=0, metavar="N")
    options = parser.parse_args()
    photographs = [path for folder in options.folders if folder.is_dir() for path in sorted(folder.glob("*.jpg"))]
    if photographs:
        measure(photographs)
    elif options.folders:
        print("There are no photographs in these folders; nothing was measured.")
    if options.many:
        time_many(options.many)
    return 0


if __name__ == "__main__":
    sys.exit(main())
