"""The options of Tag and of what is done with the tags of a picture."""

from __future__ import annotations

from onsight.core.options import option, options
from onsight.tools.tag.exports import FORMATS, TEXTS
from onsight.tools.tag.exports.pictures import TaggedPicture as TaggedPicture
from onsight.tools.tag.keywords import LEVELS
from onsight.tools.tag.parsing import Renaming as Renaming
from onsight.tools.tag.parsing import picture_from, renaming_from, tags_from
from onsight.tools.tag.results import Tag

KEYWORDS = (
    "Which tags to write: those that describe the picture, these with their broader terms, or all that apply, colours "
    "and photo style included."
)


@options
class TagOptions:
    """How to tag a picture."""

    threshold: float | None = option(
        default=None,
        low=0,
        high=1,
        none="the six to ten tags that describe the picture best",
        doc="Probability that a tag must reach to be shown.",
    )
    all: bool = option(default=False, doc="Return every tag of the vocabulary, however improbable.")
    heat_maps: bool = option(default=False, doc="Return where in the picture the evidence for each tag is.")
    boxes: bool = option(
        default=True,
        doc="Run detection as well: people and things are recognised more reliably, are counted and get boxes; takes "
        "about twice as long.",
    )


@options
class EditTagsOptions:
    """Which changes to make to the tags of a picture."""

    tags: tuple[Tag, ...] = option(read=tags_from, doc="The tags that were found.")
    removed: tuple[str, ...] = option(default=(), item="id", doc="Ids of the tags to remove.")
    renamed: tuple[Renaming, ...] = option(
        default=(), each=renaming_from, item="renaming", doc="Ids of tags and their new names."
    )
    added: tuple[str, ...] = option(default=(), item="name", doc="Names of tags to add.")


@options
class TagTextOptions:
    """Which tags to write as text."""

    format: str = option(choices=tuple(TEXTS), doc="The format.")
    tags: tuple[Tag, ...] = option(read=tags_from, doc="All tags of the picture.")
    keywords: str = option(default="main", choices=LEVELS, doc=KEYWORDS)


@options
class ExportTagsOptions:
    """Which tags to write to a file."""

    format: str = option(choices=tuple(FORMATS), doc="The format.")
    pictures: tuple[TaggedPicture, ...] = option(
        each=picture_from,
        item="picture",
        doc="The names of the pictures and all their tags.",
    )
    keywords: str = option(default="main", choices=LEVELS, doc=KEYWORDS)
    name: str = option(
        default="onsight",
        doc="Name of the file, without a suffix. The XMP file of a single picture is named after the picture.",
    )
