"""Measure searches in a library of made-up pictures.

python -m tests.bench.library_search [--rows N …] [--runs N] [--keep FOLDER]

Prints JSON: the size of the file, and for each search what it found and the median of its times in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from onsight.core.results import Box
from onsight.evidence.categories import CATEGORIES
from onsight.library import duplicates, search, store
from onsight.library.database import Library
from onsight.library.terms import known_terms
from tests.library_samples import MODELS, look, source, tag

QUERIES = (
    "",
    "dog",
    "animal",
    "animal -dog",
    "sun*",
    'beach OR "living room"',
    "colour:blue category:food",
    "dog score:>0.8",
    "has:location camera:canon taken:>2020-01 width:>4000",
    "(animal OR food) -indoors colour:green is:untagged taken:2015..2020",
    "img_12*",
    "people eating outside",
    "snowy mountain",
    "two dogs",
    "vehicle without people",
)

BEGINNINGS = ("ki", "sno", "people ea", "living ro")
"""What is being typed, to measure suggestions."""


def fill(library: Library, rows: int) -> None:
    """Write made-up pictures with tags, colours, boxes and embeddings as uneven as those of a real collection."""
    rng = np.random.default_rng(0)
    names = [term.name for term in known_terms().values()]
    popularity = 1 / np.arange(1, len(names) + 1) ** 0.8
    popularity /= popularity.sum()
    order = rng.permutation(len(names))
    categories = [category.label for category in CATEGORIES.values()]
    colours = ("red", "blue", "green", "brown", "grey", "black", "white")
    cameras = ("Canon EOS R5", "NIKON Z 6", "Pixel 8", None)
    run = store.begin_run(library, MODELS)
    with library.transaction():
        for row in range(rows):
            tags = order[rng.choice(len(names), 12, replace=False, p=popularity)]
            day = np.datetime64("2010-01-01") + rng.integers(0, 5500)
            seen = look(
                names[tags[0]],
                score=float(rng.uniform(0.5, 1)),
                category=str(rng.choice(categories)),
                tags=[tag(names[index], float(rng.uniform(0.4, 1))) for index in tags],
                colours={str(one): 0.3 for one in rng.choice(colours, 3, replace=False)},
                boxes=[Box("dog", 0.7, 0, 0, 9, 9)] if rng.random() < 0.1 else (),
                size=(int(rng.integers(800, 6000)), int(rng.integers(800, 6000))),
                content=str(row),
                perceptual_hash=int(rng.integers(-(2**63), 2**63 - 1)),
                embedding=np.abs(rng.standard_normal(1280, np.float32)),
                thumbnail=bytes(9000),
                taken=f"{day}T12:00:00",
                camera=cameras[rng.integers(0, 4)],
                has_location=bool(rng.random() < 0.3),
            )
            store.record(library, source(f"/pictures/{day}/IMG_{row}.jpg"), seen, run)


def timed(action: Callable[[], Any], runs: int) -> tuple[Any, float]:
    """Return what an action returns, and the median of its times in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        result = action()
        times.append((time.perf_counter() - started) * 1000)
    return result, round(statistics.median(times), 1)


def measure(path: Path, rows: int, runs: int) -> dict[str, Any]:
    """Return the figures of one library."""
    if not path.exists():
        with Library.open(path) as library:
            fill(library, rows)
    with Library.open(path, create=False) as library:
        searches = {}
        suggestions = {}
        search.suggest(library, "warm up")
        for query in BEGINNINGS:
            found, milliseconds = timed(partial(search.suggest, library, query), 1)
            suggestions[query] = {"found": len(found), "ms": milliseconds}
        for query in QUERIES:
            found, milliseconds = timed(partial(search.find, library, query), runs)
            searches[query] = {"found": len(found), "ms": milliseconds}
        _, page = timed(lambda: search.describe(library, search.find(library)[:200]), runs)
        _, all_facets = timed(lambda: search.facets(library), 1)
        _, some_facets = timed(lambda: search.facets(library, "dog"), runs)
        _, alike = timed(lambda: duplicates.similar_to(library, 1), 1)
        _, exact = timed(lambda: duplicates.exact(library), 1)
        _, near = timed(lambda: duplicates.near(library), 1)
    return {
        "rows": rows,
        "file_mb": round(path.stat().st_size / 1e6, 1),
        "searches": searches,
        "suggestions": suggestions,
        "first_page_ms": page,
        "facets_of_all_ms": all_facets,
        "facets_of_dog_ms": some_facets,
        "similar_to_one_ms": alike,
        "exact_duplicates_ms": exact,
        "near_duplicates_ms": near,
    }


def main() -> None:
    """Measure libraries of each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder to keep the libraries in, for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures = [measure(folder / f"{rows}.sqlite", rows, options.runs) for rows in options.rows]
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
