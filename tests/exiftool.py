"""ExifTool, an independent reader of what Onsight writes into files."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def read(path: Path, *arguments: str) -> dict[str, Any]:
    """Return what ExifTool reads of a file; leave the test out where it is not installed.

    Args:
        path: The file.
        arguments: What it is asked for, such as ``-XMP:all``.
    """
    program = shutil.which("exiftool")
    if program is None:
        pytest.skip("exiftool is not installed")
    done = subprocess.run([program, "-json", *arguments, str(path)], capture_output=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)[0]
    return told
