"""What the site weighs: archives that compress well, compressed variants of its files, a budget for each, a table.

    python -m web.weight

prints what a first visit transfers of the site in dist/, as the README shows it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import brotli

from onsight.networks.model_cache import cache_folder
from web.serve import CODINGS, DIST

EPOCH = (1980, 1, 1, 0, 0, 0)

LEAST_SAVING = 0.03
"""A variant is kept if it saves this part of the file."""

CHANGING = {"onsight-*.whl": 9, "memory-*.bin": 5}
"""Qualities of brotli for what changes with every line of ours: the slowest compression is not worth it each time."""


def _brotli(data: bytes, name: str) -> bytes:
    quality = next((quality for pattern, quality in CHANGING.items() if fnmatch(name, pattern)), 11)
    compressed: bytes = brotli.compress(data, quality=quality, lgwin=24)
    return compressed


def _gzip(data: bytes, _name: str) -> bytes:
    return gzip.compress(data, 9, mtime=0)


COMPRESS: dict[str, Callable[[bytes, str], bytes]] = {"br": _brotli, "gzip": _gzip}
"""How bytes are compressed, by content coding."""


class OverweightError(Exception):
    """A file of the site is larger than it may be; the message says which, and what to do."""


@dataclass(frozen=True)
class Budget:
    """What files may weigh on the way to a browser that knows brotli.

    Attributes:
        files: Pattern of their paths in the site; the first budget that fits a file is its own.
        most_bytes: For each of them.
    """

    files: str
    most_bytes: int


BUDGETS = (
    Budget("runtime/ort/*.jspi.wasm", 2_700_000),
    Budget("runtime/ort/*.wasm", 2_400_000),
    Budget("runtime/pyodide/*.wasm", 2_900_000),
    Budget("runtime/pyodide/*.zip", 2_600_000),
    Budget("runtime/packages/numpy-*", 1_950_000),
    Budget("runtime/packages/pillow-*", 1_600_000),
    Budget("runtime/packages/onsight-*", 1_600_000),
    Budget("runtime/snapshot/memory-*", 7_000_000),
    Budget("models/efficientnet-lite2/*", 5_800_000),
    Budget("models/ssdlite-mobilenet-v2/*", 3_800_000),
    Budget("models/centernet-mobilenet-v3/*", 1_700_000),
    Budget("models/upscale-*", 70_000),
    Budget("runtime/*", 250_000),
    Budget("licenses/*", 50_000),
    Budget("*.html", 25_000),
    Budget("*.woff2", 40_000),
    Budget("*.png", 25_000),
    Budget("*", 15_000),
)

FIRST_VISIT_BUDGET = 25_000_000
"""What may be transferred until the first label is there."""


def store(archive: Path, target: Path) -> None:
    """Copy a ZIP archive without compression inside: as a whole it is then compressed better, and it opens faster."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as stored:
        for entry in source.infolist():
            if entry.is_dir():
                continue
            plain = zipfile.ZipInfo(entry.filename, EPOCH)
            plain.external_attr = entry.external_attr
            stored.writestr(plain, source.read(entry))


def files_of(site: Path) -> list[Path]:
    """Return the files of a site but for compressed variants, sorted."""
    return [path for path in sorted(site.rglob("*")) if path.is_file() and path.suffix not in CODINGS.values()]


def variants(path: Path) -> dict[str, Path]:
    """Return the compressed variants of a file that are there, by content coding."""
    found = {coding: path.with_name(path.name + suffix) for coding, suffix in CODINGS.items()}
    return {coding: variant for coding, variant in found.items() if variant.is_file()}


def write_variants(site: Path, files: Iterable[Path] | None = None) -> None:
    """Write the compressed variants of a site's files where they help; kept in the user's cache, for they take long."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(_write_variants_of, files_of(site) if files is None else files))


def _write_variants_of(path: Path) -> None:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    for coding, suffix in CODINGS.items():
        target = path.with_name(path.name + suffix)
        target.unlink(missing_ok=True)
        kept = cache_folder() / "compressed" / f"{digest}{suffix}"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            partial = kept.with_name(f"{kept.name}.{path.name}.partial")
            partial.write_bytes(COMPRESS[coding](data, path.name))
            partial.replace(kept)
        if kept.stat().st_size <= len(data) * (1 - LEAST_SAVING):
            shutil.copyfile(kept, target)


def transfer_bytes(path: Path, coding: str = "br") -> int:
    """Return what a file weighs on the way to a browser that takes a content coding."""
    return variants(path).get(coding, path).stat().st_size


def check_budgets(site: Path) -> None:
    """Make sure that nothing weighs more than it may.

    Raises:
        OverweightError: Something does.
    """
    for path in files_of(site):
        name, size = path.relative_to(site).as_posix(), transfer_bytes(path)
        most = next(budget.most_bytes for budget in BUDGETS if fnmatch(name, budget.files))
        if size > most:
            raise OverweightError(
                f"{name} weighs {size:,} bytes compressed and may weigh {most:,}. Make it smaller, or raise its budget "
                "in web/weight.py and say in the commit what it is worth."
            )
    total = sum(row.brotli_bytes for row in first_visit(site))
    if total > FIRST_VISIT_BUDGET:
        raise OverweightError(f"A first visit transfers {total:,} bytes and may transfer {FIRST_VISIT_BUDGET:,}.")


@dataclass(frozen=True)
class Row:
    """What a part of a first visit weighs, as it is and compressed.

    Attributes:
        name: Of the file, or of some files together.
        raw_bytes: Of what is unpacked.
        brotli_bytes: From a host that negotiates brotli.
        gzip_bytes: From any other host.
    """

    name: str
    raw_bytes: int
    brotli_bytes: int
    gzip_bytes: int


def first_visit(site: Path) -> list[Row]:
    """Return what is transferred until the first label is there, the largest first; small files are one row."""
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    large = set(manifest["boot"])
    small = sorted({*manifest["site"], "manifest.json", "sw.js"} - large)
    rows = [_row(_short(name), [site / name]) for name in large]
    runtime = [name for name in small if name.startswith("runtime/")]
    rows.append(_row("modules of the runtimes", [site / name for name in runtime]))
    page = [site / name for name in small if name not in runtime]
    rows.append(_row(f"the page: {len(page)} files", page))
    return sorted(rows, key=lambda row: -row.brotli_bytes)


def _short(name: str) -> str:
    folder, _, file = name.removesuffix("/model.onnx").rpartition("/")
    return (
        f"{file.split('-')[0]} (wheel)" if file.endswith(".whl") else f"{file} (model)" if "models" in folder else file
    )


def _row(name: str, files: list[Path]) -> Row:
    raw = sum(path.stat().st_size for path in files)
    return Row(name, raw, sum(map(transfer_bytes, files)), sum(transfer_bytes(path, "gzip") for path in files))


def table(rows: list[Row]) -> str:
    """Return the rows and their sum as Markdown, in megabytes."""
    total = Row(
        "**together**",
        sum(row.raw_bytes for row in rows),
        sum(row.brotli_bytes for row in rows),
        sum(row.gzip_bytes for row in rows),
    )
    lines = ["| first visit, MB | unpacked | brotli | gzip |", "|---|--:|--:|--:|"]
    for row in [*rows, total]:
        sizes = (f"{size / 1e6:.2f}" for size in (row.raw_bytes, row.brotli_bytes, row.gzip_bytes))
        lines.append(f"| {row.name} | {' | '.join(sizes)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table of a first visit."""
    print(table(first_visit(DIST)))


if __name__ == "__main__":
    main()
