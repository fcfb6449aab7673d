"""Write a wheel that contains only what a page can use, with bytecode instead of Python source.

* Everything importable that can work in a page stays. Removed are tests and their helpers, type stubs, files for
  compiling against NumPy, f2py, documentation generators, and modules that need a windowing system.
* Pyodide's file system is empty on each start, so it would compile every imported module each time: two thirds of the
  time of ``import numpy``. The bytecode is compiled as with ``python -OO``, a setting that both projects test their
  releases with. Without docstrings, which a page does not need, the wheels do not grow.

The same input gives the same bytes. The script runs inside the chroot, because bytecode belongs to one version of
Python and the bytes of a deflate stream differ between versions of zlib.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import marshal
import re
import zipfile
from pathlib import Path

UNWANTED = re.compile(
    r"""
      /tests/ | /conftest\.py$ | /_examples/
    | \.pyi$ | /py\.typed$ | ^numpy/typing/mypy_plugin\.py$
    | \.(a|h|c|pxd|ini|pc)$ | /include/ | ^numpy/_configtool\.py$ | ^numpy/_core/cversions\.py$
    | ^numpy/f2py/ | ^numpy/doc/ | ^numpy/_pyinstaller/ | ^numpy/testing/print_coercion_tables\.py$
    # Extension modules for NumPy's tests, and one that is unused since numpy.linalg has its own.
    | ^numpy/_core/(_\w+_tests|_simd)\. | ^numpy/linalg/lapack_lite\.
    | ^PIL/(_imagingtk|_tkinter_finder|ImageTk|ImageQt|ImageWin|ImageGrab)\.
    | \.dist-info/entry_points\.txt$
    """,
    re.VERBOSE,
)
# Where Pyodide unpacks wheels; tracebacks show it.
SITE_PACKAGES = "/lib/python3.14/site-packages"
# PEP 552: the pyc file is hash-based, and Python does not look for its source.
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
# The earliest time that a zip archive can hold.
EPOCH = (1980, 1, 1, 0, 0, 0)


def is_unwanted(name: str) -> bool:
    """Return whether a file is left out; ``name`` is relative to the wheel's root."""
    return UNWANTED.search(name) is not None


def compile_module(source: bytes, name: str) -> bytes:
    """Return the pyc file of a module.

    Args:
        source: The module's source.
        name: Its path relative to the wheel's root.
    """
    code = compile(source, f"{SITE_PACKAGES}/{name}", "exec", dont_inherit=True, optimize=2)
    return b"".join(
        [importlib.util.MAGIC_NUMBER, UNCHECKED_HASH, importlib.util.source_hash(source), marshal.dumps(code)]
    )


def slim(source: Path, directory: Path) -> Path:
    """Write the slimmed wheel of the same name into a folder and return its path.

    Args:
        source: A wheel; its Python source must be valid for the version that runs this.
        directory: Folder to write to; created if missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / source.name
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        record = next(name for name in old.namelist() if name.endswith(".dist-info/RECORD"))
        rows = []
        for name in sorted(old.namelist()):
            if name == record or name.endswith("/") or is_unwanted(name):
                continue
            content = old.read(name)
            if name.endswith(".py"):
                content, name = compile_module(content, name), f"{name}c"
            _write(new, name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(content)}\n")
        _write(new, record, "".join([*rows, f"{record},,\n"]).encode())
    return target


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.external_attr = 0o644 << 16
    info.create_system = 3  # Unix, whatever system this runs on
    archive.writestr(info, content, zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> None:
    """Slim the wheels named on the command line into a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="where to write")
    parser.add_argument("wheels", type=Path, nargs="+")
    options = parser.parse_args()
    for wheel in options.wheels:
        target = slim(wheel, options.directory)
        print(f"{target.name}: {wheel.stat().st_size} -> {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
