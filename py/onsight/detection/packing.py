"""Several files → one, under a name that says what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from onsight.detection.exports.naming import Stems
from onsight.files.zipping import zip_stream
from onsight.results import OutputFile

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".xmp": "application/rdf+xml",
    ".yaml": "text/yaml",
}


def stem_of(name: str) -> str:
    """Return a picture's name without its folder and suffix."""
    return PurePosixPath(name.replace("\\", "/")).stem or "picture"


def pack(name: str, files: Mapping[str, str]) -> OutputFile:
    """Return texts as one file: a single one as it is, several as a ZIP.

    Args:
        name: What the file is called, without a suffix.
        files: Texts by name, relative and with ``/``.
    """
    encoded = {path: text.encode("utf-8", "backslashreplace") for path, text in files.items()}
    if len(encoded) == 1:
        ((path, data),) = encoded.items()
        suffix = PurePosixPath(path).suffix
        return OutputFile(data, name + suffix, MEDIA_TYPES[suffix])
    return _zip(name, encoded.items())


def archive(name: str, files: Iterable[OutputFile]) -> OutputFile:
    """Return files as a ZIP; of those with the same name all but the first get a number."""
    stems = Stems()
    return _zip(
        name, ((stems.unique(file.name) + PurePosixPath(file.name).suffix.lower(), file.data) for file in files)
    )


def _zip(name: str, files: Iterable[tuple[str, bytes]]) -> OutputFile:
    data = b"".join(zip_stream((path, 0, data) for path, data in files))
    return OutputFile(data, f"{name}.zip", "application/zip")
