"""Tags as the keywords of a picture's metadata."""

from __future__ import annotations

from collections.abc import Iterable

from onsight.evidence.vocabulary import Vocabulary
from onsight.metadata.xmp import Keywords
from onsight.tools.tag.results import Tag

LEVELS = ("main", "broader", "all")
"""Which tags become keywords: those that describe the picture, with their broader terms, or all that apply."""


def chosen(tags: Iterable[Tag], level: str = "main") -> tuple[Tag, ...]:
    """Return the tags of a level, in their order; the user's own tags are part of each.

    Args:
        tags: The tags of a picture.
        level: One of `LEVELS`. The main tags and their broader terms do not include colours and the photo style.
    """
    if level == "all":
        return tuple(tag for tag in tags if tag.applies)
    wanted = ("main",) if level == "main" else ("main", "broader")
    return tuple(
        tag for tag in tags if tag.source == "user" or (tag.row == "tags" and (tag.shown or tag.level in wanted))
    )


def keywords_of(tags: Iterable[Tag], level: str = "main", alt_text: str = "") -> Keywords:
    """Return keywords for the tags of a picture.

    Args:
        tags: All tags of the picture.
        level: One of `LEVELS`. Above ``"main"``, each tag also brings its broader terms, and is written as a path.
        alt_text: The sentence to write as the description where there is none.
    """
    subjects: dict[str, None] = {}
    paths: dict[tuple[str, ...], None] = {}
    for tag in chosen(tags, level):
        is_alone = level == "main"
        subjects.update(dict.fromkeys((tag.name, *(() if is_alone else tag.parents))))
        paths[(tag.name,) if is_alone else path_of(tag)] = None
    return Keywords(tuple(subjects), tuple(paths), alt_text)


def path_of(tag: Tag) -> tuple[str, ...]:
    """Return the path to a tag, from broad to specific.

    If a tag has several broader tags, the path goes through the first. Tags that the user removed are left out.
    """
    steps = [tag.name]
    for parent in _first_parents(tag):
        if parent in tag.parents and parent not in steps:
            steps.append(parent)
    return tuple(reversed(steps))


def _first_parents(tag: Tag) -> Iterable[str]:
    vocabulary = Vocabulary.load()
    by_label = {entry.label: entry for entry in vocabulary}
    entry = vocabulary.tags.get(tag.id)
    if entry is None:
        # A specific name that is not in the vocabulary: its nearest parent is.
        entry = by_label.get(tag.parents[0]) if tag.parents else None
        if entry is not None:
            yield entry.label
    while entry is not None and entry.parents:
        entry = vocabulary[entry.parents[0]]
        yield entry.label
