"""Check that every extension module of a wheel imports only what Pyodide's main module offers.

A side module may have undefined symbols: nothing complains when it is linked, nor when it is loaded, and the first call
of such a function kills the interpreter. So compare the lists beforehand.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# What the dynamic linker itself gives to each side module.
FROM_THE_LINKER = {"__memory_base", "__table_base", "__stack_pointer", "__indirect_function_table", "memory"}
# Section and entry kinds of the binary format: https://webassembly.github.io/spec/core/binary/modules.html
IMPORT_SECTION, EXPORT_SECTION = 2, 7
FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)


class InvalidModuleError(Exception):
    """The bytes are no WebAssembly module, or use an entry kind that this reader does not know."""


@dataclass
class Reader:
    """A cursor over bytes."""

    data: bytes
    position: int = 0

    def byte(self) -> int:
        """Read one byte."""
        self.position += 1
        return self.data[self.position - 1]

    def number(self) -> int:
        """Read an unsigned LEB128 number."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self) -> str:
        """Read a length and as many bytes of UTF-8."""
        length = self.number()
        self.position += length
        return self.data[self.position - length : self.position].decode()


@dataclass
class Module:
    """Names that a WebAssembly module imports and exports."""

    imports: set[str] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)


def parse(data: bytes) -> Module:
    """Read import and export section of a WebAssembly module.

    Raises:
        InvalidModuleError: It is none.
    """
    if data[:4] != b"\0asm":
        raise InvalidModuleError(f"no WebAssembly module: it begins with {data[:4]!r}")
    module = Module()
    reader = Reader(data, 8)
    while reader.position < len(data):
        section = reader.byte()
        end = reader.number() + reader.position
        if section == IMPORT_SECTION:
            module.imports.update(_imports(reader))
        elif section == EXPORT_SECTION:
            module.exports.update(_exports(reader))
        reader.position = end
    return module


def _imports(reader: Reader) -> Iterator[str]:
    for _ in range(reader.number()):
        reader.name()  # the module that it comes from: env, GOT.func, GOT.mem
        name = reader.name()
        kind = reader.byte()
        if kind == FUNCTION:
            reader.number()
        elif kind in (TABLE, MEMORY):
            if kind == TABLE:
                reader.byte()
            has_maximum = reader.byte() & 1
            reader.number()
            if has_maximum:
                reader.number()
        elif kind == GLOBAL:
            reader.byte()
            reader.byte()
        elif kind == TAG:
            reader.byte()
            reader.number()
        else:
            raise InvalidModuleError(f"import {name!r} is of the unknown kind {kind}")
        yield name


def _exports(reader: Reader) -> Iterator[str]:
    for _ in range(reader.number()):
        yield reader.name()
        reader.byte()
        reader.number()


def undefined_symbols(wheel: Path, main_module: Path) -> dict[str, list[str]]:
    """Return what the extension modules of a wheel lack.

    Args:
        wheel: The wheel.
        main_module: ``pyodide.asm.wasm``. What it imports counts as well: JavaScript gives it to side modules too.

    Returns:
        For each extension module (path in the wheel) the names that nobody defines, sorted; and ``PyInit_…`` if it
        does not export that.
    """
    main = parse(main_module.read_bytes())
    offered = main.exports | main.imports | FROM_THE_LINKER
    lacking = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".so"):
                module = parse(archive.read(name))
                entry_point = "PyInit_" + name.rpartition("/")[2].partition(".")[0]
                wanted = module.imports | {entry_point}
                lacking[name] = sorted(wanted - offered - module.exports)
    return lacking


def main() -> int:
    """Check the wheels named on the command line; 1 if something is undefined."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("main_module", type=Path, help="pyodide.asm.wasm")
    parser.add_argument("wheels", type=Path, nargs="+")
    options = parser.parse_args()
    failed = False
    for wheel in options.wheels:
        lacking = undefined_symbols(wheel, options.main_module)
        failed |= any(lacking.values())
        for name, symbols in lacking.items():
            print(f"{name}: {'undefined: ' + ', '.join(symbols) if symbols else 'complete'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
