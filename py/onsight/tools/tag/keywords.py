"""Tags as the keywords of a picture's metadata."""

from __future__ import annotations

from collections.abc import Iterable

from onsight.evidence.vocabulary import Vocabulary
from onsight.metadata.xmp import Keywords
from onsight.tools.tag.results import Tag


def keywords_of(tags: Iterable[Tag]) -> Keywords:
    """Return the tags as keywords: each with everything broader, and as a path.

    Args:
        tags: Those that are to be written.
    """
    subjects: dict[str, None] = {}
    paths: dict[tuple[str, ...], None] = {}
    for tag in tags:
        subjects.update(dict.fromkeys((tag.name, *tag.parents)))
        paths[path_of(tag)] = None
    return Keywords(tuple(subjects), tuple(paths))


def path_of(tag: Tag) -> tuple[str, ...]:
    """Return the way from broad to specific that ends in a tag.

    A tag can have several broader ones; the way goes by the first of each. One that a person removed is left out.
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
        # Something specific: its nearest parent is the vocabulary's.
        entry = by_label.get(tag.parents[0]) if tag.parents else None
        if entry is not None:
            yield entry.label
    while entry is not None and entry.parents:
        entry = vocabulary[entry.parents[0]]
        yield entry.label
