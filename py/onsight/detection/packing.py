"""Several files → one, under a name that says what is in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from onsight.detection.exports.naming import Stems
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
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""ZIP's first moment: the same content makes the same bytes."""
_COMPRESSED = frozenset({".jpg", ".png"})


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
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writer:
        for path, data in files:
            entry = zipfile.ZipInfo(path, _EPOCH)
            is_small = PurePosixPath(path).suffix in _COMPRESSED
            entry.compress_type = zipfile.ZIP_STORED if is_small else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            writer.writestr(entry, data)
    return OutputFile(packed.getvalue(), f"{name}.zip", "application/zip")
