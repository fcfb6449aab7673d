"""Names of files and folders that are valid on every system."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

MAX_BYTES = 200
"""Maximum length of a name in bytes of UTF-8: systems allow 255, and a number or suffix may be added."""

FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
"""Characters that some systems do not allow in names."""

_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])(?=\.|$)", re.IGNORECASE)


def safe_name(text: str, fallback: str = "_") -> str:
    """Return a name for a file or folder that is valid on Windows, macOS and Linux, as similar to the text as possible.

    The name has no separator, path traversal, device name, trailing dot or space, or invisible character.

    Args:
        text: Any text.
        fallback: The name if nothing is left.
    """
    name = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    name = "".join("_" if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in name)
    # Characters that change the writing direction could make an .exe look like a .jpg.
    name = "".join(char for char in name if unicodedata.category(char) != "Cf" or char in "\u200c\u200d")
    name = FORBIDDEN.sub("_", name).strip().rstrip(". ")
    if name.startswith("."):
        name = "_" + name[1:]  # it would be hidden, or mean the parent folder
    if _RESERVED.match(name):
        stem, dot, rest = name.partition(".")
        name = f"{stem}_{dot}{rest}"
    return _shortened(name) or fallback


def numbered(name: str, number: int) -> str:
    """Return a name with a number before the suffix: ``cat (2).jpg`` for ``cat.jpg``."""
    path = PurePosixPath(name)
    return f"{path.stem} ({number}){path.suffix}"


def path_key(path: str) -> str:
    """Return a key that is equal for paths that are the same file on some system."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    suffix = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix.encode()) <= 20 else ""
    stem = name.removesuffix(suffix).encode()[: MAX_BYTES - len(suffix.encode())].decode("utf-8", "ignore")
    return stem.rstrip(". ") + suffix


def stem_of(name: str) -> str:
    """Return a picture's name without its folder and suffix."""
    return PurePosixPath(name.replace("\\", "/")).stem or "picture"


class Stems:
    """Makes unique file names from those of pictures, without folder and suffix."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """Return the name for a picture, with a number if the name is already used."""
        stem = PurePosixPath(name.replace("\\", "/")).stem or "picture"
        unique, number = stem, 1
        # Lower case, because on most people's file systems Cat.txt and cat.txt are the same.
        while unique.lower() in self._taken:
            number += 1
            unique = f"{stem}-{number}"
        self._taken.add(unique.lower())
        return unique
