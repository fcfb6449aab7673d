"""Suffixes of files that are taken for pictures when a folder or an archive is searched.

The content decides whether a file opens; the suffix only decides whether it is tried. A file that is named itself is
always tried. The page has the same list (``web/page/lib/suffixes.js``); a test compares the two.
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
"""Formats that Onsight opens, or opens in most of their forms."""

UNOPENED = frozenset(
    {
        *(".heic", ".heif", ".heics", ".heifs", ".hif", ".jxl", ".jxr", ".wdp", ".hdp", ".svg", ".tga", ".qoi"),
        *(".dds", ".exr", ".hdr", ".pam", ".pfm", ".icns", ".xcf", ".bpg", ".eps"),
    }
)
"""Picture formats that Onsight does not open by itself: such a file is listed with the reason."""

RAW = frozenset(
    {
        *(".3fr", ".ari", ".arw", ".bay", ".cap", ".cr2", ".cr3", ".crw", ".dcr", ".dcs", ".dng", ".drf", ".eip"),
        *(".erf", ".fff", ".gpr", ".iiq", ".k25", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf"),
        *(".pef", ".ptx", ".pxn", ".r3d", ".raf", ".raw", ".rw2", ".rwl", ".rwz", ".sr2", ".srf", ".srw", ".x3f"),
    }
)
"""Camera raw files: listed with the reason, and moved together with the JPEG of the same name."""

TRIED = PICTURES | UNOPENED | RAW
"""Everything that is tried."""


def suffix_of(name: str) -> str:
    """Return the suffix of a file's name in lower case, as ``".jpg"``; empty if it has none."""
    return PurePosixPath(name).suffix.lower()


def is_tried(name: str) -> bool:
    """Return whether a file is taken for a picture by its name."""
    return not name.startswith(".") and suffix_of(name) in TRIED
