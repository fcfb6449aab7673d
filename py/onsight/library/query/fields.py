"""The fields of the search language, such as ``camera:``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onsight.core.texts import text


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        name: Its name, before the colon.
        example: A condition with this field.
        aliases: Its other names.
    """

    name: str
    example: str
    aliases: tuple[str, ...] = ()


_ALL = (
    Field("tag", "tag:animal", ("tags",)),
    Field("user", "user:holiday", ("mine",)),
    Field("label", "label:dog"),
    Field("object", "object:person", ("box",)),
    Field("category", "category:food", ("cat",)),
    Field("colour", "colour:blue", ("color",)),
    Field("score", "dog score:>0.8"),
    Field("has", "has:location"),
    Field("is", "is:duplicate"),
    Field("similar", "similar:1", ("like",)),
    Field("name", "name:img*", ("file", "filename")),
    Field("folder", "folder:holidays", ("path", "in")),
    Field("caption", "caption:birthday", ("title", "description")),
    Field("rating", "rating:>=4", ("stars",)),
    Field("camera", "camera:canon"),
    Field("lens", 'lens:"70-200"'),
    Field("format", "format:png", ("type",)),
    Field("orientation", "orientation:vertical"),
    Field("taken", "taken:>2020-01", ("date",)),
    Field("added", "added:2026"),
    Field("width", "width:>4000"),
    Field("height", "height:<=600"),
    Field("megapixels", "megapixels:>12", ("mp",)),
    Field("size", "size:>5MB"),
    Field("sharpness", "sharpness:<0.3"),
    Field("iso", "iso:>=1600"),
    Field("aperture", "aperture:<2.8", ("f",)),
    Field("focal", "focal:24..70mm"),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
"""The fields by name, in the order in which they are listed."""


def field_help() -> dict[str, str]:
    """Return the description of each field by its example, in the order of `FIELDS`, for the user."""
    help = {
        "tag": text("a tag, from Onsight or your own, or any narrower tag"),
        "user": text("one of your own tags"),
        "label": text("the label, or any narrower label"),
        "object": text("a detected object"),
        "category": text("the category"),
        "colour": text("a colour that covers at least 10% of the picture"),
        "score": text("the score of the words next to it or, without words, of the label"),
        "has": text(
            "the picture has a location, camera, lens, date, rating, title, description, objects or tags (your own)"
        ),
        "is": text("the picture is untagged, unsure, a duplicate, missing or damaged"),
        "similar": text(
            "pictures that look like the picture with this number, most similar first; "
            "similar:1 +similar:5 -similar:7 looks like 1 and 5, but not like 7"
        ),
        "name": text("words or parts of words in the file’s name"),
        "folder": text("words or parts of words in the folder’s path"),
        "caption": text("words in the title or the description"),
        "rating": text("stars in the file or its sidecar, 1 to 5"),
        "camera": text("words in the camera’s name"),
        "lens": text("words in the lens’s name"),
        "format": text("the file’s format"),
        "orientation": text("horizontal, vertical or square"),
        "taken": text("when it was taken, by the camera’s clock; or where the date comes from"),
        "added": text("when it was added to the library, in UTC"),
        "width": text("the width in pixels"),
        "height": text("the height in pixels"),
        "megapixels": text("the size in millions of pixels"),
        "size": text("the file’s size"),
        "sharpness": text("the sharpness: about 0.6 if in focus, below 0.3 if out of focus"),
        "iso": text("the sensitivity"),
        "aperture": text("the f-number"),
        "focal": text("the focal length in millimetres"),
    }
    return {field.example: help[name] for name, field in FIELDS.items()}


NAMES: Mapping[str, str] = {name: field.name for field in _ALL for name in (field.name, *field.aliases)}
"""The name of each field, by its name and each alias."""

NAME_FIELDS = frozenset(
    {
        *("tag", "user", "label", "object", "category", "colour", "has", "is"),
        *("name", "folder", "caption", "camera", "lens", "format", "orientation"),
    }
)
"""The fields whose values are names; ``=`` asks for exactly one name."""
