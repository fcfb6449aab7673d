"""The wheels' sources: find them, compare them with the lock, write the lock and the licences."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from wheel_lock import LICENSES_DIRECTORY, LOCK_FILE, WHEELS_DIRECTORY, Lock, LockedSource, LockedWheel, verify_wheels


@dataclass(frozen=True)
class Component:
    """One project whose code is in a wheel.

    Attributes:
        name: Its name.
        source: Name of its source distribution or of Debian's source package.
        wheel: The wheel that its code is in.
        license: SPDX expression.
        license_files: Paths of the licence's texts in its source; by default the ones that a Python source distribution
        declares.
    """

    name: str
    source: str
    wheel: str
    license: str
    license_files: tuple[str, ...] = ()


COMPONENTS = (
    Component("NumPy", "numpy", "numpy", "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"),
    Component("Pillow", "pillow", "pillow", "MIT-CMU"),
    Component(
        "libjpeg-turbo", "libjpeg-turbo", "pillow", "IJG AND BSD-3-Clause AND Zlib", ("LICENSE.md", "README.ijg")
    ),
    Component("libwebp", "libwebp", "pillow", "BSD-3-Clause", ("COPYING", "PATENTS")),
    Component("libtiff", "tiff", "pillow", "libtiff", ("LICENSE.md",)),
    Component("OpenJPEG", "openjpeg2", "pillow", "BSD-2-Clause", ("LICENSE",)),
    Component("Little CMS", "lcms2", "pillow", "MIT", ("LICENSE",)),
    Component("FreeType", "freetype", "pillow", "FTL", ("LICENSE.TXT", "docs/FTL.TXT")),
    Component("dav1d", "dav1d", "pillow", "BSD-2-Clause", ("COPYING",)),
    Component("libavif", "libavif", "pillow", "BSD-2-Clause AND BSD-3-Clause", ("LICENSE",)),
)
# Headers that the compiler inlines into libjpeg-turbo's NEON code: an installed package, not a source of its own.
SIMDE = Component("SIMDe", "libsimde-dev", "pillow", "MIT", ("copyright",))
# Debian packages whose versions affect the result.
TOOLS = {"Emscripten": "emscripten", "CPython headers": "libpython3.14-dev", "zlib headers": "zlib1g-dev"}


def sources(work: Path) -> tuple[LockedSource, ...]:
    """Return the sources that have been downloaded into a work folder."""
    found = [_source(component, work) for component in COMPONENTS]
    files = _license_files(SIMDE, work)
    version = _package_version(work, SIMDE.source)
    simde = LockedSource(SIMDE.name, version, {}, SIMDE.wheel, SIMDE.license, tuple(sorted(files)))
    return (*found, simde)


def tools(work: Path, suite: str) -> dict[str, str]:
    """Return the versions of the build tools in a work folder."""
    return {"Debian": suite} | {name: _package_version(work, package) for name, package in TOOLS.items()}


def differences(lock: Lock, found: tuple[LockedSource, ...], found_tools: dict[str, str]) -> list[str]:
    """Return a line for each source or tool that differs from the lock."""
    lines = []
    locked = {source.name: source for source in lock.sources}
    for source in found:
        want = locked.get(source.name)
        if want is None:
            lines.append(f"{source.name} {source.version} is not in the lock")
        elif (want.version, want.archives) != (source.version, source.archives):
            same = " (another archive)" if want.version == source.version else ""
            lines.append(f"{source.name} is {source.version}{same}, the lock has {want.version}")
    for name, version in found_tools.items():
        if lock.tools.get(name) != version:
            lines.append(f"{name} is {version}, the lock has {lock.tools.get(name)}")
    return lines


def install(work: Path, pyodide: Path, suite: str, platform: str) -> None:
    """Copy slimmed wheels and licences into the project and write the lock that describes them.

    Args:
        work: The work folder.
        pyodide: The npm package that they were built for.
        suite: Debian's suite.
        platform: Platform tag of the wheels.
    """
    for directory in (WHEELS_DIRECTORY, LICENSES_DIRECTORY):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
    wheels = []
    for path in sorted((work / "slim").glob("*.whl")):
        name, version = path.name.split("-")[:2]
        content = path.read_bytes()
        (WHEELS_DIRECTORY / path.name).write_bytes(content)
        wheels.append(LockedWheel(name, version, path.name, hashlib.sha256(content).hexdigest(), len(content)))
    for component in (*COMPONENTS, SIMDE):
        for target, path in _license_files(component, work).items():
            (LICENSES_DIRECTORY / target).parent.mkdir(parents=True, exist_ok=True)
            (LICENSES_DIRECTORY / target).write_bytes(path.read_bytes())
    lock = Lock(
        pyodide=json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"],
        tag=f"cp314-cp314-{platform}",
        wheels=tuple(wheels),
        sources=sources(work),
        tools=tools(work, suite),
    )
    text = json.dumps(dataclasses.asdict(lock), indent=2, ensure_ascii=False)
    LOCK_FILE.write_text(f"{text}\n", encoding="utf-8")
    verify_wheels()


def _source(component: Component, work: Path) -> LockedSource:
    folder = work / "sources"
    archives = [
        path
        for path in sorted(folder.glob(f"{component.source}[-_][0-9]*"))
        if ".tar." in path.name and not path.name.endswith(".asc")
    ]
    # numpy-2.4.6.tar.gz; tiff_4.7.2.orig.tar.bz2 with the revision in tiff_4.7.2-1.debian.tar.xz
    named = next((path.name for path in archives if ".debian." in path.name), archives[0].name)
    version = named.removeprefix(component.source)[1:]
    for ending in (".debian.tar", ".orig", ".tar"):
        version = version.partition(ending)[0]
    return LockedSource(
        name=component.name,
        version=version,
        archives={path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in archives},
        wheel=component.wheel,
        license=component.license,
        license_files=tuple(sorted(_license_files(component, work))),
    )


def _license_files(component: Component, work: Path) -> dict[str, Path]:
    """Return the files of a licence, by their names below ``licenses/``."""
    if component is SIMDE:
        root = work / "chroot/usr/share/doc" / component.source
    else:
        root = next(path for path in (work / "sources").glob(f"{component.source}-[0-9]*") if path.is_dir())
    names = component.license_files
    if not names:
        metadata = (root / "PKG-INFO").read_text(encoding="utf-8")
        names = tuple(re.findall(r"^License-File: (.+)$", metadata, re.MULTILINE))
    return {f"{component.name.replace(' ', '')}/{name}": root / name for name in names}


def _package_version(work: Path, package: str) -> str:
    status = (work / "chroot/var/lib/dpkg/status").read_text(encoding="utf-8")
    for entry in status.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line and line[0] != " ")
        if fields.get("Package") == package:
            return fields["Version"]
    raise LookupError(f"Debian's package {package} is not installed in the chroot")
