"""Read files that the user names. This is the only place that does so."""

from __future__ import annotations

import os
from pathlib import Path

from onsight.core.texts import text
from onsight.errors import UnreadableFileError
from onsight.files.wildcards import is_pattern


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return a file's bytes.

    Raises:
        UnreadableFileError: The file is missing, is a folder or cannot be read; the message says which.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        if is_pattern(path):
            raise UnreadableFileError(text("No file matches this pattern. Check it and the folder.")) from error
        raise UnreadableFileError(text("There is no such file. Check its name and folder.")) from error
    except IsADirectoryError as error:
        raise UnreadableFileError(text("This is a folder. Name the files in it, as in folder/*.jpg.")) from error
    except PermissionError as error:
        raise UnreadableFileError(text("You may not read this file. Check its permissions.")) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableFileError(text("The file could not be read ({reason}).", reason=reason)) from error
