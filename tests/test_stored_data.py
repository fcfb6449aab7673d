"""web/page/shell/stored-data.js, from which the Privacy page is made and deletes, names all that the sources keep."""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "web"

NO_STORAGE = {"onsight-deletion", "onsight-tab"}
"""Names of locks and channels, which keep nothing."""


def sources() -> dict[str, str]:
    files = [WEB / "sw.js", *(path for folder in ("common", "page", "worker") for path in (WEB / folder).rglob("*.js"))]
    return {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_every_name_under_which_something_is_kept_is_listed() -> None:
    kept = set(
        re.findall(r'"(onsight[-.][\w.*-]+)"', (WEB / "page" / "shell" / "stored-data.js").read_text(encoding="utf-8"))
    )
    used = {
        name
        for path, text in sources().items()
        if path != "page/shell/stored-data.js"
        for name in re.findall(r'(?:^const [A-Z_]+ = |Item\()"(onsight[-.][\w.-]+)"', text, re.MULTILINE)
    }
    assert len(kept) > 10
    assert {name for name in used - NO_STORAGE if not {name, f"{name}*"} & kept} == set()


def test_small_choices_are_kept_in_one_way() -> None:
    allowed = {
        "page/lib/local-storage.js",
        "page/shell/stored-data.js",
        "page/shell/before-paint.js",
    }  # the last runs before all modules
    users = {path for path, text in sources().items() if re.search(r"\blocalStorage\b(?!’)", text)}
    assert users <= allowed
    assert "document.cookie" not in "".join(sources().values())
