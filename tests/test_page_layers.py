"""The layers of the page: imports go down, in no circle, and no tool imports another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[1] / "web"

LAYERS = ("common", "lib", "engine", "workspace", "tools", "shell")
"""Lowest first. ``page/client.js``, the public address, belongs to the engine; ``page/app.js`` to the shell."""

TOOLS_TABLES = ("page/shell/tools.js", "page/shell/tool-table.js")
"""The only module of the shell that knows the tools."""

IMPORT = re.compile(r"""(?:from|import|import\()\s*["'](\.{1,2}/[^"']+)["']""")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def page_sources() -> dict[str, str]:
    """Return the text of each module of the page, by its path in ``web/``."""
    files = [path for folder in ("common", "page") for path in (WEB / folder).rglob("*.js")]
    return {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in files}


def imports_of(path: str, text: str) -> set[str]:
    """Return what a module imports, as paths in ``web/``; an example in a comment may name a file that is not there."""
    folder = (WEB / path).parent
    targets = {(folder / target).resolve() for target in IMPORT.findall(text)}
    return {target.relative_to(WEB).as_posix() for target in targets if target.is_relative_to(WEB) and target.is_file()}


def layer_of(path: str) -> str | None:
    """Return the layer of a module; None if it is not part of the page."""
    if path.startswith("common/"):
        return "common"
    if path in ("page/client.js", "page/app.js"):
        return "engine" if path == "page/client.js" else "shell"
    return path.split("/")[1] if path.startswith("page/") else None


def tool_of(path: str) -> str | None:
    """Return the name of the tool to which a module belongs."""
    return path.split("/")[2] if path.startswith("page/tools/") else None


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle of imports, or an empty list."""
    done: set[str] = set()

    def visit(path: str, trail: list[str]) -> list[str]:
        if path in trail:
            return [*trail[trail.index(path) :], path]
        if path in done:
            return []
        for target in sorted(graph.get(path, ())):
            if circle := visit(target, [*trail, path]):
                return circle
        done.add(path)
        return []

    for path in sorted(graph):
        if circle := visit(path, []):
            return circle
    return []


def offences(sources: dict[str, str]) -> list[str]:
    """Return a line for each import that breaks a rule. Types count as imports, except in circles."""
    found = []
    for path, text in sorted(sources.items()):
        layer = layer_of(path)
        if layer not in LAYERS:
            found.append(f"{path} is in no layer")
            continue
        for target in sorted(imports_of(path, text)):
            below = layer_of(target)
            if below is None:
                continue
            if LAYERS.index(below) > LAYERS.index(layer):
                found.append(f"{path} imports {target}, which is above it")
            if layer == "tools" and below == "tools" and tool_of(path) != tool_of(target):
                found.append(f"{path} imports {target}, which belongs to another tool")
            if layer == "shell" and below == "tools" and path not in TOOLS_TABLES:
                found.append(f"{path} imports {target}; only {TOOLS_TABLES[0]} knows the tools")
    circle = circle_in({path: imports_of(path, COMMENT.sub("", text)) for path, text in sources.items()})
    if circle:
        found.append(f"a circle: {' → '.join(circle)}")
    return found


def test_imports_of_the_page_go_down() -> None:
    sources = page_sources()
    assert len(sources) > 100
    assert offences(sources) == []


@pytest.mark.parametrize(
    ("path", "line", "complaint"),
    [
        ("page/lib/dom.js", 'import { TOOLS } from "../shell/tools.js";', "above"),
        ("page/lib/dom.js", '/** @import { Batch } from "../workspace/batch.js" */', "above"),
        ("page/engine/pool.js", 'const more = await import("../tools/tag/view.js");', "above"),
        ("page/tools/tag/view.js", 'import { a } from "../detect/view.js";', "another tool"),
        ("page/shell/home.js", 'import { a } from "../tools/tag/view.js";', "knows the tools"),
        ("page/lib/emitter.js", 'import { part } from "./dom.js";\nimport "./emitter.js";', "circle"),
    ],
)
def test_an_import_that_breaks_a_rule_is_found(path: str, line: str, complaint: str) -> None:
    sources = page_sources()
    found = offences({**sources, path: f"{line}\n{sources[path]}"})
    assert any(offence.startswith((path, "a circle")) and complaint in offence for offence in found)
