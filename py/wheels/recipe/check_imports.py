"""Check that every extension module of a wheel imports only what Pyodide's main module offers.

A side module may have undefined symbols. Neither linking nor loading it reports them, and the first call of such a
function crashes the interpreter. So this script compares the lists in advance.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Symbols that the dynamic linker itself provides to each side module.
FROM_THE_LINKER = {"__memory_base", "__table_base", "__stack_pointer", "__indirect_function_table", "memory"}
# Section and entry kinds of the binary format: https://webassembly.github.io/spec/core/binary/modules.html
IMPORT_SECTION, EXPORT_SECTION = 2, 7
FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)


class InvalidModuleError(Exception):
    """The bytes are not a WebAssembly module, or use an entry kind that this reader does not know."""


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
        """Read a length and then that many bytes of UTF-8."""
        length = self.number()
        self.position += length
        return self.data[self.position - length : self.position].decode()


@dataclass
class Module:
    """Names that a WebAssembly module imports and exports."""

    imports: set[str] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)


def parse(data: bytes) -> Module:
    """Read the import and export sections of a WebAssembly module.

    Raises:
        InvalidModuleError: It is not a WebAssembly module.
    """
    if data[:4] != b"\0asm":
        raise InvalidModuleError(f"not a WebAssembly module: it starts with {data[:4]!r}")
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
            raise InvalidModuleError(f"import {name!r} has the unknown kind {kind}")
        yield name


def _exports(reader: Reader) -> Iterator[str]:
    for _ in range(reader.number()):
        yield reader.name()
        reader.byte()
        reader.number()


def undefined_symbols(wheel: Path, main_module: Path) -> dict[str, list[str]]:
    """Return the missing symbols of a wheel's extension modules.

    Args:
        wheel: The wheel.
        main_module: ``pyodide.asm.wasm``. Its imports count as well, as JavaScript also gives them to side modules.

    Returns:
        For each extension module (path in the wheel) the undefined names, sorted, and ``PyInit_…`` if it does not
        export that.
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
    """Check the wheels named on the command line; return 1 if a symbol is undefined."""
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
