"""Generate what the page, its workers and the documentation take from the declarations in Python.

python -m web.protocol           write the files
python -m web.protocol --check   exit with 1 when one is stale
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from web.declared import class_data, client, engine, faults, public_names, reference, tool_table, types

WEB = Path(__file__).parent

FILES: Mapping[Path, Callable[[], str]] = {
    WEB.parent / "py" / "onsight" / "_engine_methods.py": engine.engine_methods,
    WEB.parent / "py" / "onsight" / "_public_names.py": public_names.public_names,
    WEB / "protocol.d.ts": types.protocol,
    WEB / "common" / "faults.js": faults.faults,
    WEB / "page" / "engine" / "methods.js": client.engine_methods,
    WEB / "page" / "tools" / "detect" / "class-data.js": class_data.class_data,
    WEB / "page" / "shell" / "tool-table.js": tool_table.tool_table,
    WEB / "page" / "tools" / "organise" / "methods.js": client.library_methods,
    WEB.parent / "docs" / "api.md": reference.reference,
}
"""The generated files, and what writes the text of each."""


def require_fresh() -> None:
    """Raise RuntimeError if a file is not what the declarations say."""
    for path, text in FILES.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text():
            raise RuntimeError(f"{path.name} is stale. Run: python -m web.protocol")


def main() -> int:
    """Write the files, or check them; return the exit status."""
    if "--check" in sys.argv[1:]:
        try:
            require_fresh()
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    for path, text in FILES.items():
        path.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
