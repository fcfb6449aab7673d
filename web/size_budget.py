"""Keep the site small: compressible archives, compressed variants of its files, size budgets, and a table of sizes.

    python -m web.size_budget

prints what a first visit transfers of the site in dist/, as the README shows it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import brotli

from onsight.networks.model_cache import cache_folder
from web.serve import CODINGS, DIST

LEAST_SAVING = 0.03
"""Minimum saving of a compressed variant, as a fraction of the file's size."""

CHANGING = {"onsight.zip": 9, "memory-*.bin": 5}
"""Brotli quality for files that change with every edit: the slowest compression would not be worth it each time."""


def _brotli(data: bytes, name: str) -> bytes:
    quality = next((quality for pattern, quality in CHANGING.items() if fnmatch(name, pattern)), 11)
    compressed: bytes = brotli.compress(data, quality=quality, lgwin=24)
    return compressed


def _gzip(data: bytes, _name: str) -> bytes:
    return gzip.compress(data, 9, mtime=0)


COMPRESS: dict[str, Callable[[bytes, str], bytes]] = {"br": _brotli, "gzip": _gzip}
"""Compression functions by content coding."""


class OverweightError(Exception):
    """A file of the site exceeds its size budget; the message says which, and what to do."""


@dataclass(frozen=True)
class Budget:
    """Maximum size of files when they are transferred to a browser that supports brotli.

    Attributes:
        files: Pattern of their paths in the site; the first budget that matches a file applies to it.
        most_bytes: Maximum size of each of them.
    """

    files: str
    most_bytes: int


BUDGETS = (
    Budget("runtime/ort/*.jspi.wasm", 2_700_000),
    Budget("runtime/ort/*.wasm", 2_400_000),
    Budget("runtime/pyodide/*.wasm", 2_900_000),
    Budget("runtime/python/first/stdlib.zip", 960_000),
    Budget("runtime/python/first/numpy.zip", 1_250_000),
    Budget("runtime/python/first/pillow.zip", 800_000),
    Budget("runtime/python/first/onsight.zip", 1_700_000),
    Budget("runtime/python/later/stdlib.zip", 2_100_000),
    Budget("runtime/python/later/*", 900_000),
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
    Budget("page/tools/*/view.js", 26_000),
    Budget("*", 15_000),
)

FIRST_VISIT_BUDGET = 16_000_000
"""Maximum number of bytes that may be transferred before the first label appears."""


def files_of(site: Path) -> list[Path]:
    """Return the files of a site without the compressed variants, sorted."""
    return [path for path in sorted(site.rglob("*")) if path.is_file() and path.suffix not in CODINGS.values()]


def variants(path: Path) -> dict[str, Path]:
    """Return the existing compressed variants of a file, by content coding."""
    found = {coding: path.with_name(path.name + suffix) for coding, suffix in CODINGS.items()}
    return {coding: variant for coding, variant in found.items() if variant.is_file()}


def write_variants(site: Path, files: Iterable[Path] | None = None) -> None:
    """Write compressed variants of a site's files if they help; the user's cache keeps them for the next build."""
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
    """Return the transfer size of a file for a browser that accepts a content coding."""
    return variants(path).get(coding, path).stat().st_size


def check_budgets(site: Path) -> None:
    """Check that every file is within its size budget.

    Raises:
        OverweightError: A file, or the first visit, exceeds its budget.
    """
    for path in files_of(site):
        name, size = path.relative_to(site).as_posix(), transfer_bytes(path)
        most = next(budget.most_bytes for budget in BUDGETS if fnmatch(name, budget.files))
        if size > most:
            raise OverweightError(
                f"{name} has {size:,} bytes compressed, but its budget is {most:,}. Make it smaller, or raise the "
                "budget in web/size_budget.py and explain why in the commit."
            )
    total = sum(row.brotli_bytes for row in first_visit(site))
    if total > FIRST_VISIT_BUDGET:
        raise OverweightError(f"A first visit transfers {total:,} bytes, but its budget is {FIRST_VISIT_BUDGET:,}.")


@dataclass(frozen=True)
class Row:
    """The size of one part of a first visit, uncompressed and compressed.

    Attributes:
        name: Name of the file or group of files.
        raw_bytes: Size without compression.
        brotli_bytes: Transfer size from a host that negotiates brotli.
        gzip_bytes: Transfer size from any other host.
    """

    name: str
    raw_bytes: int
    brotli_bytes: int
    gzip_bytes: int


def first_visit(site: Path) -> list[Row]:
    """Return what is transferred before the first label appears, largest first; small files share one row."""
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
    parts = name.removesuffix("/model.onnx").split("/")
    if parts[0] == "models":
        return f"{parts[-1]} (model)"
    return f"{parts[-1].removesuffix('.zip')} (Python)" if parts[1] == "python" else parts[-1]


def _row(name: str, files: list[Path]) -> Row:
    raw = sum(path.stat().st_size for path in files)
    return Row(name, raw, sum(map(transfer_bytes, files)), sum(transfer_bytes(path, "gzip") for path in files))


def table(rows: list[Row]) -> str:
    """Return the rows and their total as a Markdown table, in megabytes."""
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
    """Print the table for a first visit."""
    print(table(first_visit(DIST)))


if __name__ == "__main__":
    main()
