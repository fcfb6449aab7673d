"""Read ``lock.json`` and refuse wheels that do not match it. Needs only the standard library.

The lock says what the page runs: for each wheel its file, version, hash, size and licences, and what it was built from.
``recipe/build_wheels.py`` writes it. Code that copies the wheels calls `verify_wheels` first.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCK_FILE = HERE / "lock.json"
WHEELS_DIRECTORY = HERE / "dist"
LICENSES_DIRECTORY = HERE / "licenses"


class WheelHashError(Exception):
    """A wheel is missing, differs from ``lock.json``, or is not listed there."""


@dataclass(frozen=True, slots=True)
class LockedWheel:
    """One wheel.

    Attributes:
        name: Distribution name, normalised: ``numpy``.
        version: Its version: ``2.4.6``.
        file: Name of the file in ``dist/``.
        sha256: Hash of the file, hexadecimal.
        size_bytes: Length of the file.
    """

    name: str
    version: str
    file: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class LockedSource:
    """One project whose code is in a wheel.

    Attributes:
        name: Its name: ``libjpeg-turbo``.
        version: Its version, with Debian's revision where the source is Debian's package.
        archives: SHA-256, hexadecimal, by name of each file that the source came in; empty for headers that were
            installed as a package.
        wheel: Name of the wheel that the code is in.
        license: SPDX expression.
        license_files: The licence's texts, relative to ``licenses/``.
    """

    name: str
    version: str
    archives: dict[str, str]
    wheel: str
    license: str
    license_files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of ``lock.json``.

    Attributes:
        pyodide: Version of the npm package that the wheels are for.
        tag: Compatibility tag of the wheels: ``cp314-cp314-pyemscripten_2026_0_wasm32``.
        wheels: The wheels.
        sources: All projects whose code is in them.
        tools: Versions of the build tools, by name.
    """

    pyodide: str
    tag: str
    wheels: tuple[LockedWheel, ...]
    sources: tuple[LockedSource, ...]
    tools: dict[str, str]


def load_lock(path: Path = LOCK_FILE) -> Lock:
    """Read a lock file.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not JSON, or an entry has missing or unknown fields.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    try:
        return Lock(
            pyodide=data["pyodide"],
            tag=data["tag"],
            wheels=tuple(LockedWheel(**_with_tuples(entry)) for entry in data["wheels"]),
            sources=tuple(LockedSource(**_with_tuples(entry)) for entry in data["sources"]),
            tools=dict(data["tools"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a lock file: {error!r}") from error


def verify_wheels(directory: Path = WHEELS_DIRECTORY, lock: Lock | None = None) -> list[Path]:
    """Check that a folder contains exactly the locked wheels.

    Args:
        directory: The folder; files that are not wheels are ignored.
        lock: Lock to compare with; by default the project's own.

    Returns:
        The wheels' paths, in the lock's order.

    Raises:
        WheelHashError: A wheel is missing, differs in size or hash, or is not in the lock. The message names the file,
        what was found, what was expected and what to do.
    """
    lock = lock or load_lock()
    paths = [_verify_wheel(directory / wheel.file, wheel) for wheel in lock.wheels]
    unknown = sorted({path.name for path in directory.glob("*.whl")} - {wheel.file for wheel in lock.wheels})
    if unknown:
        raise WheelHashError(
            f"{directory / unknown[0]} is a wheel that the lock does not name. Remove it, or rebuild the wheels and "
            "their lock with py/wheels/recipe/build_wheels.py."
        )
    return paths


def _verify_wheel(path: Path, wheel: LockedWheel) -> Path:
    remedy = (
        "Restore it with `git checkout -- py/wheels`, or rebuild the wheels and their lock with "
        "py/wheels/recipe/build_wheels.py."
    )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise WheelHashError(
            f"{path} is missing: wanted {wheel.size_bytes} bytes with SHA-256 {wheel.sha256}. {remedy}"
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    if (digest, len(content)) != (wheel.sha256, wheel.size_bytes):
        raise WheelHashError(
            f"{path} is not the locked wheel: got {len(content)} bytes with SHA-256 {digest}, "
            f"wanted {wheel.size_bytes} bytes with SHA-256 {wheel.sha256}. {remedy}"
        )
    return path


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
