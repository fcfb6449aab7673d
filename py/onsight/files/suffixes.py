"""Suffixes of files that count as pictures when a folder or an archive is searched.

The content decides whether a file opens; the suffix only decides whether Onsight tries. A file that the user names
explicitly is always tried. The page has the same list (``web/page/lib/suffixes.js``); a test compares the two.
"""

from __future__ import annotations

from pathlib import PurePosixPath

PICTURES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".jfi", ".pjpeg", ".pjp", ".mpo", ".jps"),
        *(".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif", ".avifs"),
        *(".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".jpm", ".ico", ".cur"),
        *(".pbm", ".pgm", ".ppm", ".pnm", ".psd", ".psb"),
    }
)
"""Formats that Onsight opens, at least in most variants."""

UNOPENED = frozenset(
    {
        *(".heic", ".heif", ".heics", ".heifs", ".hif", ".jxl", ".jxr", ".wdp", ".hdp", ".svg", ".tga", ".qoi"),
        *(".dds", ".exr", ".hdr", ".pam", ".pfm", ".icns", ".xcf", ".bpg", ".eps"),
    }
)
"""Picture formats that Onsight does not open: such files are listed with the reason."""

RAW = frozenset(
    {
        *(".3fr", ".ari", ".arw", ".bay", ".cap", ".cr2", ".cr3", ".crw", ".dcr", ".dcs", ".dng", ".drf", ".eip"),
        *(".erf", ".fff", ".gpr", ".iiq", ".k25", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf"),
        *(".pef", ".ptx", ".pxn", ".r3d", ".raf", ".raw", ".rw2", ".rwl", ".rwz", ".sr2", ".srf", ".srw", ".x3f"),
    }
)
"""Camera raw files: they are listed with the reason, and moved together with the JPEG of the same name."""

TRIED = PICTURES | UNOPENED | RAW
"""All suffixes that are tried."""


def suffix_of(name: str) -> str:
    """Return the suffix of a file's name in lower case, such as ``".jpg"``, or an empty string without a suffix."""
    return PurePosixPath(name).suffix.lower()


def is_tried(name: str) -> bool:
    """Return whether a file counts as a picture by its name."""
    return not name.startswith(".") and suffix_of(name) in TRIED
