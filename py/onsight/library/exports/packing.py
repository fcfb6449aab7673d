"""Pack the files of an export: leave a single file unchanged, and put several into a ZIP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from onsight.core.results import OutputFile
from onsight.files.zipping import MEDIA_TYPES, zip_stream
from onsight.library.exports.files import ExportFile


def pack_export(name: str, files: Iterable[ExportFile]) -> OutputFile:
    """Return the files of an export as one file.

    Args:
        name: Name of the ZIP, without a suffix; a single file keeps its own name.
        files: The files; the content of each is read before the next is requested.
    """
    complete = _complete(files)
    first = next(complete, None)
    second = next(complete, None)
    if first is not None and second is None:
        path, data = first
        place = PurePosixPath(path)
        return OutputFile(data, place.name, MEDIA_TYPES.get(place.suffix, "application/octet-stream"))

    def entries() -> Iterator[tuple[str, int, bytes]]:
        for one in (first, second):
            if one:
                yield one[0], 0, one[1]
        for path, data in complete:
            yield path, 0, data

    return OutputFile(b"".join(zip_stream(entries())), f"{name}.zip", "application/zip")


def _complete(files: Iterable[ExportFile]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        yield file.name, b"".join(file.chunks)
