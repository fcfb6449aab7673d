"""Applies the user's changes to the tags that were found; the two are stored apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from onsight.tools.tag.parsing import Renaming
from onsight.tools.tag.results import Tag
from onsight.tools.tag.tag_names import TagNamer


def edit(
    tags: Sequence[Tag],
    removed: Iterable[str],
    renamed: Iterable[Renaming],
    added: Iterable[str],
    namer: TagNamer,
) -> tuple[Tag, ...]:
    """Return the tags with the user's changes, the user's own tags first.

    A user's own tag replaces a found tag with the same name and takes its boxes. Removed and renamed tags are no longer
    parents of other tags; a broader tag takes the place of a narrower one that was removed.

    Args:
        tags: The tags that were found.
        removed: Ids of tags to remove; unknown ids are ignored.
        renamed: Tags to rename. A renamed tag is the user's own.
        added: Names of tags to add.
        namer: Makes tags from names.

    Raises:
        InvalidOptionError: A name is empty, too long, or has a comma in it.
    """
    found = {tag.id: tag for tag in tags}
    by_name = {tag.name.casefold(): tag for tag in tags}
    gone = {*removed, *(renaming.id for renaming in renamed)}
    own: dict[str, Tag] = {}
    named = [(renaming.name, found.get(renaming.id)) for renaming in renamed]
    for name, origin in [*named, *((name, None) for name in added)]:
        tag = namer.tag(name)
        like = origin or found.get(tag.id) or by_name.get(tag.name.casefold())
        own.setdefault(tag.name.casefold(), replace(tag, boxes=like.boxes) if like else tag)
    taken = gone | {tag.id for tag in own.values()}
    left = [tag for tag in tags if tag.id not in taken and tag.name.casefold() not in own]
    lost = {found[id].name for id in gone if id in found} - {tag.name for tag in own.values()}
    kept = [
        replace(tag, parents=tuple(name for name in tag.parents if name not in lost)) for tag in [*own.values(), *left]
    ]
    return tuple(_promoted(kept) if gone else kept)


def _promoted(tags: Sequence[Tag]) -> list[Tag]:
    """Return the tags; a broader one is shown if the narrower ones that stood for it are gone."""
    covered = {name for tag in tags if tag.level == "main" for name in tag.parents}
    free = [tag for tag in tags if tag.level == "broader" and tag.name not in covered]
    broader = {name for tag in free for name in tag.parents}
    shown = {tag.id for tag in free if tag.name not in broader}
    return [replace(tag, shown=True, level="main") if tag.id in shown else tag for tag in tags]
