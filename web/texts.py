"""Collect the texts that people read in the catalogues from which translations are made.

python -m web.texts           write web/page.pot and py/onsight.pot
python -m web.texts --check   exit with 1 when one is stale

web/page.pot has the texts of the page: those of JavaScript's `t` and `plural`, and those of the markup. py/onsight.pot
has those of Python's `onsight.core.texts`. Both are gettext templates, which every translation tool reads.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
PAGE, PYTHON = WEB / "page.pot", ROOT / "py" / "onsight.pot"

READ_ATTRIBUTES = ("aria-label", "aria-description", "title", "placeholder", "alt")
"""Attributes whose values people read or hear; page/lib/texts.js has the same list."""

_SKIPPED = frozenset({"script", "style", "svg"})
"""Elements without texts."""

_INLINE = frozenset(["a", "abbr", "b", "code", "em", "i", "kbd", "output", "small", "span", "strong", "time"])
"""Elements that are part of the sentence around them; page/lib/texts.js has the same list."""

_VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])

_HAS_WORDS = re.compile(r"[A-Za-z]{2}")


class Message(NamedTuple):
    """A text that is translated.

    Attributes:
        texts: The text, or singular and plural.
        place: The file, relative to the repository. Lines are left out: they would make the catalogue stale each time.
    """

    texts: tuple[str, ...]
    place: str


def python_messages(sources: Iterable[Path]) -> Iterator[Message]:
    """Yield the texts of Python modules.

    Raises:
        ValueError: The text of a call is not a literal, so it could not be translated.
    """
    arguments = {"text": (0,), "plural": (1, 2)}
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in arguments:
                continue
            given = [node.args[at] if at < len(node.args) else None for at in arguments[node.func.id]]
            texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if len(texts) != len(given):
                raise ValueError(f"{source}:{node.lineno}: the text of {node.func.id}() is not a literal.")
            yield Message(tuple(texts), source.relative_to(ROOT).as_posix())


def javascript_messages(sources: Iterable[Path]) -> Iterator[Message]:
    """Yield the texts of JavaScript modules.

    Raises:
        ValueError: The text of a call is not a literal, so it could not be translated.
    """
    names = [source.relative_to(ROOT).as_posix() for source in sources]
    command = ["node", "web/extract_texts.mjs", *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ValueError(done.stderr)
    for one in json.loads(done.stdout):
        yield Message(tuple(one["texts"]), one["file"])


def markup_messages(sources: Iterable[Path]) -> Iterator[Message]:
    """Yield the texts of HTML files: what stands between tags, and attributes that people read.

    A sentence with inline elements is one text in which they are numbered: ``Press <1>Esc</1> to close.``.
    """
    for source in sources:
        parser = _Tree()
        parser.feed(source.read_text(encoding="utf-8"))
        parser.close()
        for text in parser.root.texts():
            yield Message((text,), source.relative_to(ROOT).as_posix())


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[_Element | str] = field(default_factory=list)

    def texts(self) -> Iterator[str]:
        """Yield the texts of this element and of all inside it."""
        for name in READ_ATTRIBUTES:
            yield from _worded(self.attributes.get(name) or "")
        if self.tag in _SKIPPED:
            return
        elements = [child for child in self.children if isinstance(child, _Element) and child.tag != "svg"]
        is_sentence = bool(elements) and all(one.tag in _INLINE for one in elements) and self._has_own_words()
        if is_sentence:
            yield from _worded(self.sentence())
        for child in self.children:
            if isinstance(child, _Element):
                # The words of an inline element are in the sentence, its attributes are not.
                yield from child.attribute_texts() if is_sentence else child.texts()
            elif not is_sentence:
                yield from _worded(child)

    def sentence(self) -> str:
        """Return the content as one text, its elements numbered from 1."""
        parts = []
        number = 0
        for child in self.children:
            if isinstance(child, str):
                parts.append(child)
                continue
            number += 1
            inner = child.words()
            parts.append(f"<{number}>{inner}</{number}>" if inner else f"<{number}/>")
        return "".join(parts)

    def words(self) -> str:
        """Return all text inside, without tags."""
        if self.tag in _SKIPPED:
            return ""
        return "".join(child if isinstance(child, str) else child.words() for child in self.children)

    def attribute_texts(self) -> Iterator[str]:
        """Yield the texts of attributes of this element and of all inside it."""
        for name in READ_ATTRIBUTES:
            yield from _worded(self.attributes.get(name) or "")
        for child in self.children:
            if isinstance(child, _Element):
                yield from child.attribute_texts()

    def _has_own_words(self) -> bool:
        return any(isinstance(child, str) and _HAS_WORDS.search(child) for child in self.children)


def _worded(text: str) -> Iterator[str]:
    text = " ".join(text.split())
    if _HAS_WORDS.search(re.sub(r"</?\d+/?>", "", text)):
        yield text


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = _Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(_Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def catalogue(messages: Iterable[Message]) -> str:
    """Return a gettext template of messages, sorted by text; each names the files that use it."""
    places: dict[tuple[str, ...], set[str]] = {}
    for message in messages:
        places.setdefault(message.texts, set()).add(message.place)
    template = Catalog(project="Onsight", charset="utf-8", fuzzy=False)
    for texts in sorted(places):
        template.add(texts if len(texts) > 1 else texts[0], locations=[(place, 0) for place in sorted(places[texts])])
    written = io.BytesIO()
    write_po(written, template, width=120, omit_header=True, include_lineno=False)
    return written.getvalue().decode("utf-8")


def page_catalogue() -> str:
    """Return the catalogue of the page."""
    scripts = sorted([*WEB.glob("page/**/*.js"), *WEB.glob("worker/**/*.js"), *WEB.glob("common/**/*.js")])
    markup = sorted([WEB / "index.html", *WEB.glob("page/**/*.html")])
    return catalogue([*javascript_messages(scripts), *markup_messages(markup)])


def python_catalogue() -> str:
    """Return the catalogue of the Python package."""
    return catalogue(python_messages(sorted((ROOT / "py" / "onsight").rglob("*.py"))))


def stale() -> list[Path]:
    """Return the catalogues that are not what the sources say."""
    current = {PAGE: page_catalogue(), PYTHON: python_catalogue()}
    return [path for path, text in current.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write the catalogues, or check them; return the exit status."""
    if "--check" in sys.argv[1:]:
        for path in (old := stale()):
            print(f"{path.name} is stale. Run: python -m web.texts", file=sys.stderr)
        return bool(old)
    PAGE.write_text(page_catalogue(), encoding="utf-8")
    PYTHON.write_text(python_catalogue(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
