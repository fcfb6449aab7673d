"""Style sheets: a tool must look right when it is the only one that has been opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "web" / "page"
TOOLS = sorted(path.parent for path in PAGE.glob("tools/*/templates.html"))


def classes_of_styles(folder: Path) -> set[str]:
    """Return the classes in the selectors of a folder's style sheets."""
    found: set[str] = set()
    for path in folder.rglob("*.css"):
        source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selector in re.findall(r"([^{}]+)\{", source):
            found.update(re.findall(r"\.([a-zA-Z_][\w-]*)", selector))
    return found


def classes_of_markup(folder: Path) -> set[str]:
    """Return the classes in a folder's templates."""
    sources = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    return {name for source in sources for value in re.findall(r'\bclass="([^"]*)"', source) for name in value.split()}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda path: path.name)
def test_a_tool_does_not_need_the_style_of_another(tool: Path) -> None:
    shared = set().union(*map(classes_of_styles, (PAGE.parent / "css", PAGE / "workspace", PAGE / "shell")))
    others = set().union(*(classes_of_styles(other) for other in TOOLS if other != tool))
    used = classes_of_markup(tool)
    assert used
    assert sorted((used & others) - shared - classes_of_styles(tool)) == []
