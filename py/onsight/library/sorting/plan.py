"""Plan which picture goes where."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from onsight.core.checks import check_choice
from onsight.core.texts import text
from onsight.errors import InvalidOptionError, InvalidQueryError
from onsight.files.companions import SMALL
from onsight.files.names import safe_name
from onsight.library import search
from onsight.library.database import Library
from onsight.library.records import Source
from onsight.library.sorting.going import Going
from onsight.library.sorting.patterns import Pattern
from onsight.library.sorting.targets import Existing, Original, Targets

UNDATED, COLOURLESS, REST = "No date", "No colour", "Other"

GROUPINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "category": lambda row: str(row["category"]),
    "label": lambda row: str(row["label"]),
    "year": lambda row: row["taken"][:4] if row["taken"] else UNDATED,
    "month": lambda row: row["taken"][:7] if row["taken"] else UNDATED,
    "date": lambda row: row["taken"][:10] if row["taken"] else UNDATED,
    "colour": lambda row: str(row["colour"] or COLOURLESS),
    "camera": lambda row: str(row["camera"] or "No camera"),
    "format": lambda row: str(row["format"]),
    "orientation": lambda row: str(row["orientation"]).capitalize(),
}
"""The ways to group pictures; each function returns a picture's folder from its row."""


def grouping_names() -> dict[str, str]:
    """Return the name of each grouping, for the user."""
    return {
        "category": text("Category"),
        "label": text("Label"),
        "year": text("Year"),
        "month": text("Month"),
        "date": text("Date"),
        "colour": text("Colour"),
        "camera": text("Camera"),
        "format": text("Format"),
        "orientation": text("Orientation"),
    }


@dataclass(frozen=True, slots=True)
class Rule:
    """A folder that the user defines by a query.

    Attributes:
        name: The folder's name.
        query: Finds the pictures that belong in it.

    Raises:
        InvalidOptionError: A folder cannot have this name.
    """

    name: str
    query: str

    def __post_init__(self) -> None:
        if not self.name or safe_name(self.name) != self.name:
            raise InvalidOptionError(text("A folder cannot have the name “{name}”.", name=self.name))


@dataclass(frozen=True, slots=True)
class CompanionMove:
    """The target of a companion file.

    Attributes:
        name: The file's name, in the picture's folder.
        target: Relative path of its target, with ``/``.
        sharers: Names of the other pictures that it belongs to. A move deletes the original with the last of them.
    """

    name: str
    target: str
    sharers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A file that shares a picture's name but stays where it is.

    Attributes:
        folder: Its folder.
        name: Its name.
        reason: Why it stays, as the end of the sentence "IMG_1.xmp stays: …".
    """

    folder: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """The target of one picture.

    Attributes:
        image: Id of the picture.
        source: Its file.
        hash: SHA-256 of its content.
        target: Relative path of its target, with ``/``.
        is_there: Whether the target already exists, with the same content.
        companions: The files that go along with it.
    """

    image: int
    source: Source
    hash: str
    target: str
    is_there: bool = False
    companions: tuple[CompanionMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The targets of pictures.

    Attributes:
        moves: One per picture.
        left: Files that share a picture's name but stay.
    """

    moves: tuple[Move, ...]
    left: tuple[LeftBehind, ...] = ()

    @property
    def folders(self) -> dict[str, int]:
        """Number of pictures by target folder, sorted by name."""
        counts = Counter(PurePosixPath(move.target).parent.as_posix() for move in self.moves)
        return dict(sorted(counts.items()))


def make_plan(
    library: Library,
    images: Sequence[int],
    by: Sequence[str] = ("category",),
    *,
    rules: Sequence[Rule] = (),
    pattern: Pattern = Pattern(),  # noqa: B008  # frozen
    existing: Existing = lambda folder, sizes: {},
    beside: Callable[[str], Iterable[str]] = lambda folder: (),
) -> Plan:
    """Plan where pictures go. Nothing is written.

    Args:
        library: The library.
        images: Ids of the pictures, in the order in which they are numbered. Missing pictures are skipped.
        by: Levels of folders, outermost first: keys of `GROUPINGS`, or ``"rule"``. An empty sequence makes no folders.
        rules: The folders for ``"rule"``. A picture goes into the first one that matches, or else into "Other".
        pattern: The pattern for file names.
        existing: Lists the entries of a target folder; see `onsight.library.sorting.targets`.
        beside: Lists all files in a source folder, to find companion files.

    Raises:
        InvalidOptionError: A grouping is unknown, or one of ``"rule"`` and ``rules`` is given without the other.
        InvalidQueryError: The query of a rule is invalid; ``detail`` also has the index of the rule.
    """
    for name in by:
        check_choice("by", name, ("rule", *GROUPINGS))
    if ("rule" in by) is not bool(rules):
        raise InvalidOptionError(text("The grouping “rule” needs rules, and rules need the grouping “rule”."))
    by_rule = _by_rule(library, rules)

    def by_own_rule(row: Mapping[str, Any]) -> str:
        return by_rule.get(row["id"], REST)

    groupings = {**GROUPINGS, "rule": by_own_rule}
    rows = _rows(library, images)
    folders = ["/".join(safe_name(groupings[name](row)) for name in by) for row in rows]
    digits = {folder: len(str(count)) for folder, count in Counter(folders).items()}
    numbers: Counter[str] = Counter()
    sizes: dict[str, set[int]] = defaultdict(set)
    for row, folder in zip(rows, folders, strict=True):
        sizes[folder].add(row["size"])
    targets = Targets(existing, sizes)
    going = Going(((row["folder"], row["name"]) for row in rows), beside)
    moves = []
    for row, folder in zip(rows, folders, strict=True):
        numbers[folder] += 1
        name = pattern.apply(_values(row), numbers[folder], digits[folder])
        wanted = safe_name(name + PurePosixPath(row["name"]).suffix)
        original = Original(row["folder"], row["name"], row["hash"], going.along(row["folder"], row["name"]))
        name, is_there = targets.give(folder, wanted, original)
        companions = tuple(
            CompanionMove(
                companion.name,
                _join(folder, targets.give_companion(folder, name, original, companion)),
                companion.sharers if companion.kind in SMALL else (),
            )
            for companion in original.companions
        )
        source = Source(row["folder"], row["name"], row["size"], row["mtime_ns"])
        moves.append(Move(row["id"], source, row["hash"], _join(folder, name), is_there, companions))
    return Plan(tuple(moves), tuple(LeftBehind(*left) for left in going.left()))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _rows(library: Library, images: Sequence[int]) -> list[Mapping[str, Any]]:
    rows = library.connection.execute(
        """
        SELECT image.*, (
            SELECT name FROM colour WHERE colour.image = image.id ORDER BY share DESC, name LIMIT 1
        ) AS colour
        FROM json_each(?) AS wanted JOIN image ON image.id = wanted.value AND NOT missing ORDER BY wanted.key
        """,
        (json.dumps(list(images)),),
    )
    return [dict(row) for row in rows]


def _by_rule(library: Library, rules: Sequence[Rule]) -> dict[int, str]:
    found: dict[int, str] = {}
    for index, rule in enumerate(rules):
        try:
            images = search.find(library, rule.query)
        except InvalidQueryError as error:
            error.detail["rule"] = index
            raise
        for image in images:
            found.setdefault(image, rule.name)
    return found


def _values(row: Mapping[str, Any]) -> dict[str, str]:
    taken = row["taken"] or ""
    return {
        "name": PurePosixPath(row["name"]).stem,
        "label": row["label"],
        "category": row["category"],
        "date": taken[:10] or "undated",
        "time": taken[11:19].replace(":", "") or "000000",
        "year": taken[:4] or "undated",
        "month": taken[5:7] or "00",
        "day": taken[8:10] or "00",
        "camera": row["camera"] or "camera",
        "width": str(row["width"]),
        "height": str(row["height"]),
        "hash": row["hash"][:12],
    }
