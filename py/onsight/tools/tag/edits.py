"""What a person changed of the tags of a picture: kept apart from what was seen, and put over it anew each time."""

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
    """Return the tags as a person wants them, the person's own first.

    A tag of one's own takes the place of one that was found and has the same name, and its boxes. What was removed or
    renamed is no longer a parent of other tags.

    Args:
        tags: What was found.
        removed: Ids of tags that are wrong; those that are not there do not matter.
        renamed: Other names. A renamed tag is the person's own.
        added: Names of further tags.
        namer: Knows names.

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
    return tuple(
        replace(tag, parents=tuple(name for name in tag.parents if name not in lost)) for tag in [*own.values(), *left]
    )
