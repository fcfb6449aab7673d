"""What can be chosen when the tags of a picture are put to use."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.core.options import check_choice, check_flag, check_number, check_text, check_texts
from onsight.errors import InvalidOptionError
from onsight.tools.tag.edits import Renaming
from onsight.tools.tag.exports import FORMATS, TEXTS
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.parsing import picture_from, renaming_from, tags_from
from onsight.tools.tag.results import Tag


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How a picture is tagged.

    Attributes:
        threshold: Score in [0, 1] from which on a tag is shown; None takes each tag's own, and of those that pass
            not too few and not too many.
        all: Whether to answer every tag of the vocabulary, however improbable.
        heat_maps: Whether to tell where in the picture each tag applies.
        boxes: Whether detection looks too: surer of people and things, and tells where each of them is; takes about
            three times as long.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    threshold: float | None = None
    all: bool = False
    heat_maps: bool = False
    boxes: bool = False

    def __post_init__(self) -> None:
        if self.threshold is not None:
            check_number("threshold", self.threshold, 0, 1)
        check_flag("all", self.all)
        check_flag("heat_maps", self.heat_maps)
        check_flag("boxes", self.boxes)


@dataclass(frozen=True, slots=True)
class EditTagsOptions:
    """What a person changed of a picture's tags.

    Attributes:
        tags: What was found.
        removed: Ids of tags that are wrong.
        renamed: Other names for tags.
        added: Names of further tags.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    tags: tuple[Tag, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[Renaming, ...] = ()
    added: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", tags_from("tags", self.tags))
        for name in ("removed", "added"):
            object.__setattr__(self, name, check_texts(name, getattr(self, name)))
        if not isinstance(self.renamed, (list, tuple)):
            raise InvalidOptionError(f"renamed must be a list, got {self.renamed!r}.")
        renamed = tuple(renaming_from(f"renaming {number}", one) for number, one in enumerate(self.renamed, 1))
        object.__setattr__(self, "renamed", renamed)


@dataclass(frozen=True, slots=True)
class TagTextOptions:
    """Which tags become a text.

    Attributes:
        format: ``"list"`` or ``"hashtags"``.
        tags: The tags; only those that are shown are told.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    format: str = "list"
    tags: tuple[Tag, ...] = ()

    def __post_init__(self) -> None:
        check_choice("format", self.format, TEXTS)
        object.__setattr__(self, "tags", tags_from("tags", self.tags))


@dataclass(frozen=True, slots=True)
class ExportTagsOptions:
    """Which tags are written to a file.

    Attributes:
        format: ``"csv"``, ``"rekognition"`` or ``"xmp"``.
        pictures: The pictures' names and tags; only tags that are shown are written.
        name: What the file is called, without a suffix; an XMP of one picture is called as the picture is.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    format: str = "csv"
    pictures: tuple[TaggedPicture, ...] = ()
    name: str = "onsight"

    def __post_init__(self) -> None:
        check_choice("format", self.format, FORMATS)
        if not isinstance(self.pictures, (list, tuple)):
            raise InvalidOptionError(f"pictures must be a list, got {self.pictures!r}.")
        pictures = tuple(picture_from(f"picture {number}", one) for number, one in enumerate(self.pictures, 1))
        object.__setattr__(self, "pictures", pictures)
        check_text("name", self.name)
