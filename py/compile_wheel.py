"""Compile an archive's modules to bytecode. Runs inside Pyodide, so that the bytecode fits it (see compile_wheel.mjs).

The browser then starts without compiling anything. (`pyodide py-compile` of pyodide-build does the same with the
host's Python, which would have to be Pyodide's own version, 3.14; this works with any version.)
"""

import base64
import csv
import hashlib
import importlib.util
import io
import marshal
import struct
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)


def compile_wheel(source: str, target: str) -> None:
    """Write a copy of a wheel with all modules as bytecode only, together with its other files.

    The result depends on the source alone: times are fixed and the bytecode carries the source's hash.

    Args:
        source: Path of a wheel.
        target: Path of the wheel to write.
    """
    record = []
    with zipfile.ZipFile(source) as wheel, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as compiled:
        for name in sorted(wheel.namelist()):
            if name.endswith(("/", ".dist-info/RECORD")):
                continue
            data = wheel.read(name)
            if name.endswith(".py"):
                data = bytecode(data, name)
                name += "c"
            write(compiled, name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            record.append((name, f"sha256={digest}", len(data)))
        (own_name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/RECORD"))
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([*record, (own_name, "", "")])
        write(compiled, own_name, text.getvalue().encode())


def compile_library(source: str, target: str) -> None:
    """Write a copy of the standard library's archive with bytecode only, as `compile_wheel` does for wheels.

    Docstrings and assertions are removed, as with ``python -OO`` and in the wheels in ``py/wheels``.
    """
    with zipfile.ZipFile(source) as library, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as compiled:
        for name in sorted(library.namelist()):
            if name.endswith(".py"):
                write(compiled, f"{name}c", bytecode(library.read(name), name, optimize=2))
            elif not name.endswith("/"):
                write(compiled, name, library.read(name))


def bytecode(source: bytes, name: str, optimize: int = -1) -> bytes:
    """Return the content of the ``.pyc`` file of a module."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=optimize)
    # PEP 552's layout: magic number, flags (1: by hash, not checked on import), hash of the source, code.
    return importlib.util.MAGIC_NUMBER + struct.pack("<I", 1) + importlib.util.source_hash(source) + marshal.dumps(code)


def write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a file with a fixed timestamp."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, compresslevel=9)
