"""The report of coverage: what Node and coverage.py say, added up by folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests import coverage_report

SCRIPT = """// A comment.
export function used(flag) {
  if (flag) {
    return 1;
  }
  /* Another
   * comment. */
  return 2;
}

export function unused() {
  return 3;
}
"""


def test_lines_that_node_ran_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "page" / "lib"
    folder.mkdir(parents=True)
    (folder / "a b.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "never.js").write_text("export const x = 1;\n", encoding="utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    results = tmp_path / "results"
    for flag, expected in (("false", 5), ("true", 7)):
        (tmp_path / "main.js").write_text(
            f"const {{ used }} = await import('./page/lib/a b.js'); used({flag});", encoding="utf-8"
        )
        environment = {**os.environ, "NODE_V8_COVERAGE": str(results)}
        subprocess.run(["node", tmp_path / "main.js"], env=environment, check=True)
        # The lines of both runs. The first line of a function runs when it is declared.
        counts = coverage_report.javascript(results.glob("*.json"), tmp_path, ["page"])
        assert counts == {"page/lib": (expected, 10)}


def test_lines_of_python_are_added_up_by_folder() -> None:
    def file(run: int, total: int) -> dict[str, dict[str, int]]:
        return {"summary": {"covered_lines": run, "num_statements": total}}

    counts = coverage_report.python(
        {"files": {"py/onsight/a.py": file(1, 2), "py/onsight/b.py": file(3, 3), "web/serve.py": file(0, 5)}}
    )
    assert counts == {"py/onsight": (4, 5), "web": (0, 5)}
    assert coverage_report.table("Python", counts) == [
        "Python: lines that the tests ran",
        "  py/onsight       4 of      5   80%",
        "  web              0 of      5    0%",
        "  all              4 of     10   40%",
    ]
