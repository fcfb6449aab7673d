"""Judge the tags that are shown against annotations: the first five, the main subject, and filler.

::

    python -m models.tagger.shown FOLDER FILE [--no-boxes] [--list]

FOLDER contains the pictures. Each line of FILE is ``file<TAB>tags<TAB>subjects<TAB>right names<TAB>wrong names``: the
ids of the tags that apply, what a person would name first (ids or words, separated by ``|``), and the ids of specific
names that are right and wrong; ``-`` for none.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.tagger.dataset import DatasetError
from models.tagger.mentions import words_of
from onsight.engine import Engine
from onsight.errors import OnsightError
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tag, Tagging
from onsight.tools.tag.salience import Salience

FIRST = 5
"""Number of tags that are judged one by one."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What people say about one picture.

    Attributes:
        tags: Ids of the tags that apply.
        subjects: What a person would name first: ids or words.
        right: Ids of specific names that are right.
        wrong: Ids of specific names that are wrong.
    """

    tags: frozenset[str]
    subjects: tuple[str, ...]
    right: frozenset[str]
    wrong: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How the tags of one picture were judged.

    Attributes:
        name: The picture's file.
        shown: Names of the tags that are shown.
        wrong: Those of the first five that are wrong.
        unjudged: Those of the first five that nobody judged.
        filler: Those of the first five that say little.
        first: Whether the first tag is the main subject.
        among: Whether the main subject is among the first five.
        redundant: Broader tags beside a narrower one.
    """

    name: str
    shown: tuple[str, ...]
    wrong: tuple[str, ...]
    unjudged: tuple[str, ...]
    filler: tuple[str, ...]
    first: bool
    among: bool
    redundant: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.tagger.shown", description="Judge the tags that are shown.")
    parser.add_argument("folder", type=Path, help="folder of the pictures")
    parser.add_argument("annotations", type=Path, help="what the pictures show")
    parser.add_argument("--no-boxes", action="store_true", help="without detection")
    parser.add_argument("--list", action="store_true", help="print the tags of each picture")
    options = parser.parse_args(arguments)
    engine, tag_options = Engine(threads=1), TagOptions(boxes=not options.no_boxes)
    try:
        truths = read_truths(options.annotations)
        judged = judge_all(truths, lambda name: engine.tag(options.folder / name, tag_options))
    except (DatasetError, OnsightError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(report(judged, listed=options.list))
    return 0


def read_truths(path: Path) -> dict[str, Truth]:
    """Read the annotations, by file.

    Raises:
        DatasetError: A line is malformed or repeats a picture.
    """
    truths: dict[str, Truth] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) < 3 or cells[0] in truths:
            raise DatasetError(f"{path}, line {number}: malformed or repeated.")
        lists = [frozenset(part for part in cell.split(",") if part not in ("", "-")) for cell in cells]
        subjects = tuple(part.strip() for part in cells[2].split("|") if part.strip() not in ("", "-"))
        right, wrong = (lists[place] if len(lists) > place else frozenset[str]() for place in (3, 4))
        truths[cells[0]] = Truth(lists[1], subjects, right, wrong)
    return truths


def judge_all(truths: Mapping[str, Truth], tag: Callable[[str], Tagging]) -> list[Judgement]:
    """Judge the tags of all pictures that have a subject."""
    return [judge(name, truth, tag(name)) for name, truth in truths.items() if truth.subjects]


def judge(name: str, truth: Truth, tagging: Tagging) -> Judgement:
    """Judge the tags of one picture."""
    vocabulary, salience = Vocabulary.load(), Salience.load()
    shown = [tag for tag in tagging.tags if tag.shown]
    first = shown[:FIRST]
    right = {tag.id: _is_right(tag, truth, vocabulary) for tag in first}
    parents = {parent for tag in shown if salience.role_of(tag.id) != "filler" for parent in tag.parents}
    return Judgement(
        name=name,
        shown=tuple(tag.name for tag in shown),
        wrong=tuple(tag.name for tag in first if right[tag.id] is False),
        unjudged=tuple(tag.name for tag in first if right[tag.id] is None),
        filler=tuple(
            tag.name for tag in first if salience.role_of(tag.id) == "filler" and tag.id not in truth.subjects
        ),
        first=bool(first) and _is_subject(first[0], truth, vocabulary) and right[first[0].id] is not False,
        among=any(_is_subject(tag, truth, vocabulary) for tag in first),
        redundant=tuple(tag.name for tag in shown if tag.name in parents),
    )


def report(judged: Sequence[Judgement], *, listed: bool) -> str:
    """Return the figures, and the tags of each picture if they are wanted."""
    count = len(judged)
    slots = sum(min(FIRST, len(one.shown)) for one in judged)
    lines = []
    if listed:
        for one in judged:
            marks = [f"{what}: {', '.join(names)}" for what, names in _marked(one) if names]
            lines.append(f"{'  ' if one.first else '! '}{one.name}\t{', '.join(one.shown)}\t{'; '.join(marks)}")
    sizes = sorted(len(one.shown) for one in judged)
    lines += [
        f"{count} pictures, {sum(sizes) / count:.1f} tags each ({sizes[0]} to {sizes[-1]}, "
        f"{sum(size < 6 for size in sizes)} with fewer than six)",
        f"main subject first {_share(sum(one.first for one in judged), count)}, "
        f"among the first five {_share(sum(one.among for one in judged), count)}",
        f"of the first five: wrong {_share(sum(len(one.wrong) for one in judged), slots)}, "
        f"not judged {_share(sum(len(one.unjudged) for one in judged), slots)}, "
        f"filler {_share(sum(len(one.filler) for one in judged), slots)}; "
        f"broader beside narrower in {sum(bool(one.redundant) for one in judged)} pictures",
        "wrong: " + _most(name for one in judged for name in one.wrong),
        "not judged: " + _most(name for one in judged for name in one.unjudged),
    ]
    return "\n".join(lines)


def _is_right(tag: Tag, truth: Truth, vocabulary: Vocabulary) -> bool | None:
    """Return whether a tag is right, or None if nobody said so."""
    if tag.id in vocabulary:
        return tag.id in truth.tags
    if tag.id in truth.right or _is_subject(tag, truth, vocabulary):
        return True
    return False if tag.id in truth.wrong else None


def _is_subject(tag: Tag, truth: Truth, vocabulary: Vocabulary) -> bool:
    """Return whether a tag says what a person would name first, or is a kind of it."""
    broader = {entry.id for entry in vocabulary if entry.label in tag.parents}
    names = {words_of(name) for name in (tag.name, *tag.name.split(" or "))}
    return any(
        subject == tag.id
        or words_of(subject) in names
        or (subject in broader and tag.id in (*truth.tags, *truth.right))
        for subject in truth.subjects
    )


def _marked(one: Judgement) -> Iterable[tuple[str, tuple[str, ...]]]:
    return (("wrong", one.wrong), ("not judged", one.unjudged), ("filler", one.filler), ("redundant", one.redundant))


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):.1%}"


def _most(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common(25))


if __name__ == "__main__":
    sys.exit(main())
