"""The options of what all tools share: previews and archives."""

from __future__ import annotations

from typing import Any

from onsight.core.options import option, options
from onsight.core.results import OutputFile
from onsight.core.texts import text
from onsight.errors import InvalidOptionError


def _file(name: str, value: Any) -> OutputFile:
    if isinstance(value, OutputFile):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InvalidOptionError(text("{name} must be an object with data and name.", name=name))
    data = value.get("data")
    if not isinstance(data, (bytes, memoryview)):
        raise InvalidOptionError(
            text("The data of {name} must be bytes, got {kind}.", name=name, kind=type(data).__name__)
        )
    return OutputFile(bytes(data), value["name"], str(value.get("media_type", "")))


@options
class PreviewOptions:
    """How to make a preview of a picture."""

    max_side: int = option(default=1600, low=16, high=8192, unit="px", doc="Longest side of the preview.")
    if_needed: bool = option(
        default=False, doc="Make no preview if every browser shows the file itself in the same way."
    )


@options
class ArchiveOptions:
    """Which files to put into a ZIP archive."""

    files: tuple[OutputFile, ...] = option(
        each=_file, item="file", doc="The files; equal names are told apart by a number."
    )
    name: str = option(default="onsight", doc="Name of the archive, without a suffix.")
