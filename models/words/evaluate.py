"""Measure how well plain words find photographs.

python -m models.words.evaluate LIBRARY --descriptions FILE … [--list] [--sheets FOLDER]

LIBRARY is made by ``onsight index --detect``. A file of descriptions has a line for each picture: its name, a tab, and
one or more descriptions. Pictures without one are ignored. ``queries.tsv`` has the searches, and which descriptions
make a picture a right answer; ``judged.tsv`` has pictures that a person judged because their description says
nothing about it.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from onsight.library import search
from onsight.library.database import Library

HERE = Path(__file__).parent
FIRST = 10


@dataclass(frozen=True, slots=True)
class Query:
    """A search.

    Attributes:
        words: What is typed.
        is_outside: Whether the vocabulary lacks the word.
        patterns: Regular expressions that must match a description, or not if the flag is False.
    """

    words: str
    is_outside: bool
    patterns: tuple[tuple[bool, re.Pattern[str]], ...]

    def is_right(self, description: str) -> bool:
        """Return whether a picture with this description is a right answer."""
        return all(bool(pattern.search(description)) == wanted for wanted, pattern in self.patterns)


def read_queries() -> Iterator[Query]:
    """Read ``queries.tsv``."""
    for line in (HERE / "queries.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            words, flags, patterns = line.split("\t")
            parts = [part.strip() for part in patterns.split(" & ")]
            if "!" in flags:
                parts = [f"!{parts[0]}"]
            read = ((not part.startswith("!"), re.compile(part.lstrip("!"), re.IGNORECASE)) for part in parts)
            yield Query(words, "o" in flags, tuple(read))


def read_table(paths: list[Path]) -> dict[str, str]:
    """Read tables of descriptions by the name of the picture."""
    rows = (line.split("\t") for path in paths for line in path.read_text().splitlines() if not line.startswith("#"))
    return {row[0]: " ; ".join(row[1:]) for row in rows}


def read_judged() -> dict[tuple[str, str], bool]:
    """Read ``judged.tsv``: by search and picture, whether it is a right answer."""
    path = HERE / "judged.tsv"
    rows = (line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return {(words, name): mark == "yes" for words, mark, names in rows for name in names.split()}


def sheet(paths: list[Path], marks: list[bool], target: Path) -> None:
    """Draw pictures side by side; a red line marks the wrong ones."""
    page = Image.new("RGB", (190 * len(paths), 190), "white")
    for number, (path, right) in enumerate(zip(paths, marks, strict=True)):
        with Image.open(path) as image:
            small = image.convert("RGB")
        small.thumbnail((184, 160))
        page.paste(small, (190 * number, 14))
        ImageDraw.Draw(page).text((190 * number, 1), path.stem[-14:], fill="black" if right else "red")
    page.save(target)


def main() -> None:
    """Print a line for each search, and the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--descriptions", type=Path, nargs="+", default=[])
    parser.add_argument("--list", action="store_true", help="print the wrong ones among the first ten")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets of the first ten")
    options = parser.parse_args()
    descriptions = read_table([HERE / "descriptions.tsv", *options.descriptions])
    judged = read_judged()
    precisions: dict[bool, list[float]] = {False: [], True: []}
    recalls: dict[bool, list[float]] = {False: [], True: []}
    with Library.open(options.library, create=False) as library:
        names = {hit.image: hit for hit in search.describe(library, search.find(library))}
        known = {id: descriptions[hit.name] for id, hit in names.items() if hit.name in descriptions}
        for number, query in enumerate(read_queries()):
            started = time.perf_counter()
            found = [id for id in search.find(library, query.words) if id in known]
            elapsed = (time.perf_counter() - started) * 1000
            right = {id for id in known if _is_right(query, names[id].name, known[id], judged)}
            if not right:
                print(f"{query.words}: no picture shows it")
                continue
            first = found[:FIRST]
            precision = sum(id in right for id in first) / len(first) if first else 0.0
            recall = len(right & set(found)) / len(right)
            precisions[query.is_outside].append(precision)
            recalls[query.is_outside].append(recall)
            print(
                f"{'o' if query.is_outside else ' '} {query.words:24} precision {precision:4.2f}  "
                f"recall {recall:4.2f}  found {len(found):3}  right {len(right):3}  {elapsed:3.0f} ms"
            )
            if options.list:
                for id in first:
                    if id not in right:
                        print(f"      {names[id].name}  {known[id][:130]}")
            if options.sheets and first:
                options.sheets.mkdir(parents=True, exist_ok=True)
                paths = [Path(names[id].path) for id in first]
                target = options.sheets / f"{number:03} {query.words}.png"
                sheet(paths, [id in right for id in first], target)
    for name, parts in (("in the vocabulary", (False,)), ("outside it", (True,)), ("all", (False, True))):
        precision, recall = (_mean([one for part in parts for one in kind[part]]) for kind in (precisions, recalls))
        count = sum(len(precisions[part]) for part in parts)
        print(f"{count} searches {name}: precision of the first ten {precision:.3f}, recall {recall:.3f}")


def _is_right(query: Query, name: str, description: str, judged: Mapping[tuple[str, str], bool]) -> bool:
    return judged.get((query.words, name), query.is_right(description))


def _mean(values: list[float]) -> float:
    return sum(values) / max(1, len(values))


if __name__ == "__main__":
    main()
