"""Compare Pillow's results in Pyodide with those of the same version in CPython.

Run it first in CPython with ``--write``, then in Pyodide. Every case in ``cases.py`` gives an array or an exception.
The second run prints the differences as JSON, and fails if one of them has no explanation.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from PIL import ImageFile, features

sys.path.insert(0, str(Path(__file__).parent))
import cases

SAME, DIFFERENT = "same", "different"
REFUSED_BY_BOTH, ONLY_NATIVE, ONLY_HERE = "refused by both", "only native", "only here"
# All known differences: cases, maximum difference in levels of 255, reason. Anything else fails.
EXPLAINED = (
    (r"decode/avif/.*", 6, "libavif converts YUV to RGB itself here; in the native build libyuv does"),
    (r"decode/hopper_bad_exif\.jpg", 255, "holds coefficients out of range: NEON, SSE2 and C code all differ there"),
    (r"decode/hopper_lzma\.tif", 0, "LZMA in TIFF is not compiled in"),
    (r"decode/psd-oob-write-overflow\.psd", 0, "has a length beyond 32 bits, which only a 64-bit build can skip"),
)


def outcomes(folder: Path) -> Iterator[tuple[str, cases.Array | None, str]]:
    """Run all cases; yield each one's name, its array or None, and what it raised."""
    for group in (cases.operations(), cases.roundtrips(), cases.pictures(folder)):
        for name, compute in group:
            try:
                yield name, cases.as_array(compute()), ""
            except Exception as error:
                yield name, None, f"{type(error).__name__}: {error}"


def verdict(native: cases.Array | None, here: cases.Array | None) -> tuple[str, float]:
    """Return how two outcomes relate, and their largest difference."""
    if native is None or here is None:
        both = native is here
        return (REFUSED_BY_BOTH if both else ONLY_HERE if native is None else ONLY_NATIVE), 0.0
    if native.shape != here.shape or native.dtype != here.dtype:
        return DIFFERENT, float("inf")
    if np.array_equal(native, here):
        return SAME, 0.0
    difference = float(np.max(np.abs(native.astype(np.float64) - here.astype(np.float64))))
    return DIFFERENT, difference


def is_explained(name: str, difference: float) -> bool:
    """Return whether a case may differ this much."""
    return any(re.fullmatch(pattern, name) and difference <= limit for pattern, limit, _ in EXPLAINED)


def versions() -> dict[str, str | None]:
    """Return the version of Pillow and of each library in it."""
    found = {"Pillow": PIL.__version__, "NumPy": np.__version__}
    return found | {name: features.version(name) for name in features.get_supported()}


def compare(pictures: Path, reference: Path) -> dict[str, Any]:
    """Compare with the arrays written by ``--write``.

    Returns:
        ``versions``; for each group of cases and each relation the number of cases, or their names if they matter;
        ``unexplained``, the names of the cases that differ and are not in `EXPLAINED`.
    """
    unexplained = []
    report: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(dict))
    archives = {path.stem: np.load(path) for path in reference.glob("*.npz")}
    for name, here, refusal in outcomes(pictures):
        group, _, case = name.partition("/")
        native = archives[group].get(case)
        relation, difference = verdict(native, here)
        report[group][relation][case] = refusal or difference
        if relation not in (SAME, REFUSED_BY_BOTH) and not is_explained(name, difference):
            unexplained.append(name)
    summary: dict[str, Any] = {"versions": versions(), "unexplained": unexplained}
    for group, relations in report.items():
        summary[group] = {
            relation: len(entries) if relation in (SAME, REFUSED_BY_BOTH) else entries
            for relation, entries in relations.items()
        }
    return summary


def write(pictures: Path, reference: Path) -> None:
    """Write the arrays of all cases, one archive per group."""
    reference.mkdir(parents=True, exist_ok=True)
    groups: dict[str, dict[str, cases.Array]] = defaultdict(dict)
    for name, array, _ in outcomes(pictures):
        group, _, case = name.partition("/")
        if array is not None:
            groups[group][case] = array
    for group, arrays in groups.items():
        np.savez_compressed(reference / f"{group}.npz", allow_pickle=False, **arrays)


def main() -> int:
    """Write the reference, or compare with it; return 1 if there is an unexplained difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=Path, help="Tests/images of Pillow's source distribution")
    parser.add_argument("reference", type=Path, help="folder of the reference's arrays")
    parser.add_argument("--write", action="store_true", help="make the reference")
    parser.add_argument("--report", type=Path, help="where to write what the comparison found, as JSON")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if options.write:
        write(options.pictures, options.reference)
        return 0
    found = compare(options.pictures, options.reference)
    text = json.dumps(found, indent=2, sort_keys=True)
    print(text)
    if options.report:
        options.report.write_text(f"{text}\n", encoding="utf-8")
    return int(bool(found["unexplained"]))


if __name__ == "__main__":
    sys.exit(main())
