"""What can be chosen in the methods that all picture tools share."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.core.options import check_flag, check_integer, check_text
from onsight.core.parsing import items_from
from onsight.core.results import OutputFile
from onsight.errors import InvalidOptionError


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """How a picture is made showable.

    Attributes:
        max_side: Longest side of the preview in pixels, 16 to 8192.
        if_needed: Whether to make no preview if every browser shows the file itself in the same way.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    max_side: int = 1600
    if_needed: bool = False

    def __post_init__(self) -> None:
        check_integer("max_side", self.max_side, 16, 8192)
        check_flag("if_needed", self.if_needed)


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """Which files are put into one.

    Attributes:
        files: The files; names that are alike are told apart by a number.
        name: What the archive is called, without a suffix.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    files: tuple[OutputFile, ...] = ()
    name: str = "onsight"

    def __post_init__(self) -> None:
        files = tuple(_file(f"file {n}", one) for n, one in enumerate(items_from("files", self.files), 1))
        object.__setattr__(self, "files", files)
        check_text("name", self.name)


def _file(name: str, value: object) -> OutputFile:
    if isinstance(value, OutputFile):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InvalidOptionError(f"{name} must be an object with data and name.")
    data = value.get("data")
    if not isinstance(data, (bytes, memoryview)):
        raise InvalidOptionError(f"The data of {name} must be bytes, got {type(data).__name__}.")
    return OutputFile(bytes(data), value["name"], str(value.get("media_type", "")))
