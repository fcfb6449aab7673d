"""The layers of the package: an import goes down or stays within its layer, and never round in a circle.

Imports inside functions and under TYPE_CHECKING count too: they are read from the source.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "py" / "onsight"

LAYERS = (
    ("onsight.errors", "onsight._version"),
    ("onsight.core",),
    ("onsight.files",),
    ("onsight.image",),
    ("onsight.metadata",),
    ("onsight.networks",),
    ("onsight.evidence",),
    ("onsight.method",),
    ("onsight.tools.shared",),
    ("onsight.tools.detect",),
    ("onsight.tools.classify",),
    ("onsight.tools.tag",),
    ("onsight.tools.compare",),
    ("onsight.tools.enhance",),
    ("onsight.library",),
    ("onsight.tools.organise",),
    ("onsight.tools", "onsight.api", "onsight._public_names"),
    ("onsight._engine_methods", "onsight.engine"),
    ("onsight.cli", "onsight.page", "onsight.__main__"),
)
"""Lowest first. The longest name that fits a module decides, apart from what a tool shows to its two faces."""

API = LAYERS.index(("onsight.tools", "onsight.api", "onsight._public_names"))
FACES = len(LAYERS) - 1

TOOL = LAYERS.index(("onsight.tools.enhance",))
"""The layer of tools that are not listed: no other tool builds on them."""

INDEPENDENT = {("onsight.tools.enhance", "onsight.tools.compare")}
"""Tools that know nothing of one another although one is listed above the other."""

Imports = Mapping[str, Set[str]]
"""By module: the modules of the package that it imports."""


def modules() -> dict[str, str]:
    """Return the source of each module of the package by its name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = ("onsight", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def imports_of(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which modules import which."""
    found: dict[str, set[str]] = {name: set() for name in sources}
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name in sources}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}: imports are absolute"
                assert node.module is not None
                for alias in node.names:
                    for target in (f"{node.module}.{alias.name}", node.module):
                        if target in sources:
                            found[name].add(target)
                            break
    return found


def layer_of(module: str) -> int:
    """Return the index of a module's layer in `LAYERS`."""
    parts = module.split(".")
    if parts[1:2] == ["tools"] and len(parts) > 3:
        if parts[3] in ("command", "commands"):
            return FACES
        if parts[3] == "methods":
            return API
    if parts[1:2] == ["tools"] and len(parts) > 2 and (".".join(parts[:3]),) not in LAYERS:
        return TOOL
    fitting = [
        (len(prefix), index)
        for index, layer in enumerate(LAYERS)
        for prefix in layer
        if module == prefix or module.startswith(f"{prefix}.")
    ]
    assert fitting, f"{module} is in no layer"
    return max(fitting)[1]


def upward(imports: Imports) -> list[str]:
    """Return the imports that go up. The package itself imports what it exports, so it is in no layer."""
    return [
        f"{module} → {target}"
        for module, targets in sorted(imports.items())
        for target in sorted(targets)
        if "onsight" not in (module, target) and layer_of(target) > layer_of(module)
    ]


def circle(imports: Imports) -> list[str]:
    """Return the modules of a circle of imports, or nothing."""
    # The package is imported for its version, and imports its public names when they are asked for.
    graph = {module: targets - {"onsight"} for module, targets in imports.items() if module != "onsight"}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_imports_go_down() -> None:
    assert upward(imports_of(modules())) == []


def test_imports_never_go_round() -> None:
    assert circle(imports_of(modules())) == []


def test_tools_of_one_picture_stay_apart() -> None:
    imports = imports_of(modules())
    alone = {".".join(name.split(".")[:3]) for name in imports if name.startswith("onsight.tools.")}
    alone = {tool for tool in alone if layer_of(f"{tool}.task") == TOOL}
    for upper, lower in INDEPENDENT | {(one, other) for one in alone for other in alone - {one}}:
        assert [
            name for name in imports if name.startswith(upper) and any(t.startswith(lower) for t in imports[name])
        ] == []


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("onsight.core.flow", "from onsight.files import names"),
        ("onsight.core.flow", "import onsight.files.names"),
        ("onsight.image.decoding", "def decode():\n    from onsight.networks.spec import ModelSpec"),
        ("onsight.metadata.sidecar", "if TYPE_CHECKING:\n    from onsight.library import records"),
        ("onsight.tools.detect.task", "from onsight.tools.tag.task import Tagger"),
        ("onsight.tools.tag.task", "from onsight.tools.tag.command import COMMAND"),
        ("onsight.library.files", "from onsight.engine import Engine"),
        ("onsight.api", "from onsight.engine import Engine"),
    ],
)
def test_an_import_that_goes_up_is_found(module: str, statement: str) -> None:
    sources = modules()
    sources[module] += f"\n{statement}\n"
    (found,) = upward(imports_of(sources))
    assert found.startswith(f"{module} → onsight.")


def test_a_circle_is_found() -> None:
    sources = modules()
    sources["onsight.evidence.taxonomy"] += "\nfrom onsight.evidence.rollup import Rollup\n"
    assert set(circle(imports_of(sources))) == {"onsight.evidence.taxonomy", "onsight.evidence.rollup"}
