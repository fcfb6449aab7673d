"""What may stand before a colon in a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        name: What stands before the colon.
        help: What it asks for, for people.
        example: A condition.
        aliases: Other names of it.
    """

    name: str
    help: str
    example: str
    aliases: tuple[str, ...] = ()


_ALL = (
    Field("tag", "a tag of the machine's or of a person's, and all that is narrower", "tag:animal", ("tags",)),
    Field("user", "a tag that a person gave", "user:holiday", ("mine",)),
    Field("label", "the one label, and all that is narrower", "label:dog"),
    Field("object", "a kind of object that has a box", "object:person", ("box",)),
    Field("category", "the broad group", "category:food", ("cat",)),
    Field("colour", "a colour that covers a tenth of the picture or more", "colour:blue", ("color",)),
    Field("score", "how sure the words beside it are, else how sure the label is", "dog score:>0.8"),
    Field(
        "has",
        "whether there is a location, camera, lens, date, rating, title, description, objects or tags (a person's)",
        "has:location",
    ),
    Field("is", "whether the picture is untagged, unsure, a duplicate, missing or damaged", "is:duplicate"),
    Field("similar", "pictures that look like the one of this number, most alike first", "similar:1", ("like",)),
    Field("name", "words or parts of words of the file's name", "name:img*", ("file", "filename")),
    Field("folder", "words or parts of words of the folder's path", "folder:holidays", ("path", "in")),
    Field("caption", "words of the title or the description in the file", "caption:birthday", ("title", "description")),
    Field("rating", "stars in the file or its sidecar, 1 to 5", "rating:>=4", ("stars",)),
    Field("camera", "words of the camera's name", "camera:canon"),
    Field("lens", "words of the lens's name", 'lens:"70-200"'),
    Field("format", "the file's format", "format:png", ("type",)),
    Field("orientation", "horizontal, vertical or square", "orientation:vertical"),
    Field("taken", "when it was taken, by the camera's clock; or where that is told", "taken:>2020-01", ("date",)),
    Field("added", "when it came into the library, in UTC", "added:2026"),
    Field("width", "in pixels", "width:>4000"),
    Field("height", "in pixels", "height:<=600"),
    Field("megapixels", "millions of pixels", "megapixels:>12", ("mp",)),
    Field("size", "of the file", "size:>5MB"),
    Field("sharpness", "about 0.6 in focus, below 0.3 out of focus", "sharpness:<0.3"),
    Field("iso", "sensitivity", "iso:>=1600"),
    Field("aperture", "the f-number", "aperture:<2.8", ("f",)),
    Field("focal", "focal length in millimetres", "focal:24..70mm"),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
"""The fields by name, in the order in which a page lists them."""

NAMES: Mapping[str, str] = {name: field.name for field in _ALL for name in (field.name, *field.aliases)}
"""The name of each field by all of its names."""

NAME_FIELDS = frozenset(
    {
        *("tag", "user", "label", "object", "category", "colour", "has", "is"),
        *("name", "folder", "caption", "camera", "lens", "format", "orientation"),
    }
)
"""The fields whose values are names: behind ``=`` stands one of them as it is written."""
