"""Makes tags and tagged pictures from JSON data that a page or a program sends, and checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onsight.core.checks import check_choice, check_flag, check_integer, check_number, check_text, check_texts
from onsight.core.parsing import MAX_SIDE, fields_from, rectangle_from
from onsight.core.results import ImageInfo
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.results import LEVELS, ROWS, Tag

_TEXTS = ("id", "name", "group", "source")


@dataclass(frozen=True, slots=True)
class Renaming:
    """A new name for a tag.

    Attributes:
        id: Id of the tag.
        name: Its new name.
    """

    id: str
    name: str


def tags_from(name: str, value: object) -> tuple[Tag, ...]:
    """Return tags from their JSON data, without their heat maps.

    Args:
        name: Name of the value in error messages.
        value: A list of tags.

    Raises:
        InvalidOptionError: It is something else.
    """
    if not isinstance(value, (list, tuple)):
        raise InvalidOptionError(text("{name} must be a list of tags, got {value!r}.", name=name, value=value))
    return tuple(_tag_from(f"tag {number} of {name}", tag) for number, tag in enumerate(value, 1))


def picture_from(name: str, value: object) -> TaggedPicture:
    """Return a `TaggedPicture` from ``{"name", "image", "tags"}`` and, optionally, ``"begun"`` and ``"alt_text"``.

    Arguments and errors as for `tags_from`.
    """
    if isinstance(value, TaggedPicture):
        return value
    fields = fields_from(name, value, ("name", "image", "tags"))
    _check_texts(name, fields, ("name",))
    image = fields_from(f"image of {name}", fields["image"], ("width", "height", "format"))
    for side in ("width", "height"):
        check_integer(f"{side} of {name}", image[side], 1, MAX_SIDE)
    info = ImageInfo(image["width"], image["height"], str(image["format"]))
    begun, alt_text = fields.get("begun", b""), fields.get("alt_text", "")
    check_text(f"The alt_text of {name}", alt_text)
    if not isinstance(begun, (bytes, memoryview)):
        raise InvalidOptionError(
            text("The sidecar to continue for {name} must be bytes, got {type}.", name=name, type=type(begun).__name__)
        )
    return TaggedPicture(fields["name"], info, tags_from(name, fields["tags"]), bytes(begun), alt_text=alt_text)


def renaming_from(name: str, value: object) -> Renaming:
    """Return a `Renaming` from ``{"id", "name"}``; arguments and errors as for `tags_from`."""
    if isinstance(value, Renaming):
        return value
    fields = fields_from(name, value, ("id", "name"))
    _check_texts(name, fields, ("id", "name"))
    return Renaming(fields["id"], fields["name"])


def _tag_from(name: str, value: object) -> Tag:
    if isinstance(value, Tag):
        return value
    fields = fields_from(name, value, (*_TEXTS, "score", "threshold", "shown", "parents", "boxes"))
    _check_texts(name, fields, _TEXTS)
    for number in ("score", "threshold"):
        check_number(f"The {number} of {name}", fields[number], 0, 1)
    check_flag(f"shown of {name}", fields["shown"])
    if not isinstance(fields["boxes"], (list, tuple)):
        raise InvalidOptionError(
            text("The boxes of {name} must be a list, got {value!r}.", name=name, value=fields["boxes"])
        )
    # Tags of earlier versions have no row and no level.
    row, level = fields.get("row", "tags"), fields.get("level", "main" if fields["shown"] else "unlikely")
    check_choice(f"The row of {name}", row, ROWS)
    check_choice(f"The level of {name}", level, LEVELS)
    return Tag(
        **{key: fields[key] for key in _TEXTS},
        score=float(fields["score"]),
        threshold=float(fields["threshold"]),
        shown=fields["shown"],
        parents=check_texts(f"The parents of {name}", fields["parents"]),
        boxes=tuple(rectangle_from(f"a box of {name}", box) for box in fields["boxes"]),
        heat_map=None,
        row=row,
        level=level,
    )


def _check_texts(name: str, fields: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        check_text(f"The {key} of {name}", fields[key])
