"""Which picture goes where."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

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
"""By what pictures can be grouped: the name of a picture's folder from its row."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of a person's own: pictures that a query finds.

    Attributes:
        name: Of the folder.
        query: What belongs there.

    Raises:
        InvalidOptionError: The name is none for a folder.
    """

    name: str
    query: str

    def __post_init__(self) -> None:
        if not self.name or safe_name(self.name) != self.name:
            raise InvalidOptionError(f"{self.name!r} cannot be the name of a folder.")


@dataclass(frozen=True, slots=True)
class CompanionMove:
    """Where a file goes that belongs to a picture.

    Attributes:
        name: Its name, in the picture's folder.
        target: Where it goes, relative and with ``/``.
        sharers: Names of the other pictures that it belongs to; it is moved away with the last of them.
    """

    name: str
    target: str
    sharers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A file of a picture's name that does not go where the picture goes.

    Attributes:
        folder: Where it is.
        name: Its name.
        reason: Why it stays, as in "It stays: …".
    """

    folder: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """Where one picture goes.

    Attributes:
        image: Its id.
        source: Its file.
        hash: SHA-256 of its content.
        target: Where it goes, relative and with ``/``.
        is_there: Whether the same file is there already.
        companions: What goes along with it.
    """

    image: int
    source: Source
    hash: str
    target: str
    is_there: bool = False
    companions: tuple[CompanionMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Where pictures go.

    Attributes:
        moves: One a picture.
        left: What has a picture's name and stays.
    """

    moves: tuple[Move, ...]
    left: tuple[LeftBehind, ...] = ()

    @property
    def folders(self) -> dict[str, int]:
        """How many pictures go into each folder, by name."""
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
        images: Ids of the pictures, in the order in which they are numbered; those that are missing stay out.
        by: What makes the folders, the outermost first: of `GROUPINGS`, or ``"rule"``; nothing makes no folders.
        rules: The groups of ``"rule"``; a picture goes into the first that it fits, else into "Other".
        pattern: How files are named.
        existing: Tells what the target folders hold; see `onsight.library.sorting.targets`.
        beside: Returns the names of all files in a folder that pictures are in, for what belongs to them.

    Raises:
        InvalidOptionError: A grouping is not known, or there are rules without a use or no rules for one.
        InvalidQueryError: The query of a rule cannot be understood; ``detail`` tells which rule by its index, too.
    """
    if unknown := [name for name in by if name not in GROUPINGS and name != "rule"]:
        raise InvalidOptionError(f"by must be one of rule, {', '.join(GROUPINGS)}, got {unknown[0]!r}.")
    if ("rule" in by) is not bool(rules):
        raise InvalidOptionError("The grouping “rule” and rules need each other.")
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
