"""Create the C headers of Pyodide's CPython, which extension modules need and its npm package lacks.

The headers are Debian's for the same minor version, which has the same ABI. Only ``pyconfig.h`` differs: its names
come from Debian's file, and its values from Pyodide's own ``_sysconfigdata`` (in ``python_stdlib.zip``), which has the
results of Pyodide's configure run. ``check_pyconfig.c`` makes the compiler confirm the sizes in it.

Written below the output folder: ``include/``, ``sysconfig/`` (for ``_PYTHON_SYSCONFIGDATA_NAME``), ``pkgconfig/``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

SYSCONFIG_MODULE = "_sysconfigdata__emscripten_wasm32-emscripten"

# sysconfig leaves out names that start with an underscore. These are the ones that matter, as CPython's configure
# sets them everywhere; the stack grows down on WebAssembly.
UNDERSCORED = {
    "_ALL_SOURCE": "1",
    "_DARWIN_C_SOURCE": "1",
    "_FILE_OFFSET_BITS": "64",
    "_GNU_SOURCE": "1",
    "_LARGEFILE_SOURCE": "1",
    "_NETBSD_SOURCE": "1",
    "_POSIX_C_SOURCE": "200809L",
    "_Py_STACK_GROWS_DOWN": "1",
    "_XOPEN_SOURCE": "700",
    "_XOPEN_SOURCE_EXTENDED": "1",
    "__BSD_VISIBLE": "1",
    "__EXTENSIONS__": "1",
}


def read_build_vars(stdlib: Path) -> tuple[str, dict[str, Any]]:
    """Return the source of Pyodide's sysconfig data and the ``build_time_vars`` in it.

    Args:
        stdlib: ``python_stdlib.zip`` of the npm package.
    """
    with zipfile.ZipFile(stdlib) as archive:
        source = archive.read(f"{SYSCONFIG_MODULE}.py").decode()
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return source, namespace["build_time_vars"]


def pyconfig(template: str, build_vars: dict[str, Any]) -> str:
    """Return the text of a ``pyconfig.h``.

    Args:
        template: A ``pyconfig.h`` of the same minor version; only its names are used.
        build_vars: The values, 0 or an empty string meaning "not defined".
    """
    names = re.findall(r"^\s*(?:#\s*define|/\*\s*#\s*undef|#\s*undef)\s+(\w+)", template, re.MULTILINE)
    lines = ["#ifndef Py_PYCONFIG_H", "#define Py_PYCONFIG_H"]
    for name in dict.fromkeys(names):
        value = UNDERSCORED.get(name, build_vars.get(name))
        if name == "Py_PYCONFIG_H":
            continue
        if value in (0, "", None):
            lines.append(f"/* #undef {name} */")
        elif name.startswith("_"):
            lines.append(f"#ifndef {name}\n#define {name} {value}\n#endif")
        else:
            lines.append(f"#define {name} {value}")
    return "\n".join([*lines, "#endif", ""])


def main() -> None:
    """Write the three folders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stdlib", type=Path, help="python_stdlib.zip of the npm package pyodide")
    parser.add_argument("headers", type=Path, help="include folder of the same minor version of CPython")
    parser.add_argument("template", type=Path, help="a pyconfig.h of the same minor version")
    parser.add_argument("output", type=Path)
    options = parser.parse_args()

    source, build_vars = read_build_vars(options.stdlib)
    include = options.output / "include"
    shutil.rmtree(options.output, ignore_errors=True)
    shutil.copytree(options.headers, include)
    (include / "pyconfig.h").write_text(pyconfig(options.template.read_text(), build_vars))

    pkgconfig = options.output / "pkgconfig"
    pkgconfig.mkdir()
    version = build_vars["VERSION"]
    description = f"Name: Python\nDescription: CPython of Pyodide\nVersion: {version}\nCflags: -I{include}\nLibs:\n"
    for name in (f"python-{version}", f"python-{version}-embed", "python3"):
        (pkgconfig / f"{name}.pc").write_text(description)

    sysconfig = options.output / "sysconfig"
    sysconfig.mkdir()
    here = {"INCLUDEPY": str(include), "CONFINCLUDEPY": str(include), "LIBPC": str(pkgconfig)}
    (sysconfig / f"{SYSCONFIG_MODULE}.py").write_text(f"{source}\nbuild_time_vars.update({here!r})\n")


if __name__ == "__main__":
    main()
