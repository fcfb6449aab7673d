"""Tags as the keywords of a picture's metadata."""

from __future__ import annotations

from collections.abc import Iterable

from onsight.evidence.vocabulary import Vocabulary
from onsight.metadata.xmp import Keywords
from onsight.tools.tag.results import Tag


def keywords_of(tags: Iterable[Tag]) -> Keywords:
    """Return keywords for tags: each tag with its broader tags, and as a path.

    Args:
        tags: The tags to write.
    """
    subjects: dict[str, None] = {}
    paths: dict[tuple[str, ...], None] = {}
    for tag in tags:
        subjects.update(dict.fromkeys((tag.name, *tag.parents)))
        paths[path_of(tag)] = None
    return Keywords(tuple(subjects), tuple(paths))


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
