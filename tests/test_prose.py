"""Plain English: no wording in code, templates or documents that readers stumble over (see CONTRIBUTING.md)."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_MOST_NOUNS = (
    r"(?!longer\b|more\b|less\b|such\b|need\b|one\b|other\b|better\b|worse\b|different\b|way\b|doubt\b|reason\b)"
)

BANNED: dict[str, str] = {
    r"\banew\b": "again, from scratch",
    r"\bmend(?:s|ed|ing)?\b": "fix, repair",
    r"\bheed(?:s|ed|ing)?\b": "follow, respect",
    r"\bdeeds?\b": "action",
    r"\bgraphics processors?\b": "GPU",
    r"\bin sight\b": "visible",
    r"(?<![-\w])\d[\d.,]*\s%(?! [\w(]| ?[a-z(])": "97%, without a space",
    r"\b(?:for|to|from|by|with|only|whatever|that|as) who\b(?! they)": "the users who, anyone who",
    r"\b(?:it|this|that|which|what|and|they|one) (?:is|are|was|were) none\b": "is not one",
    rf"(?<!there )\b(?:is|are|was|were) no {_MOST_NOUNS}": "is not a",
    r"\bof which (?:none|nothing|nobody|it is|is known)\b|[.;] Of (?:which|those) ": "the subject first",
    r"\b(?:is|are|was|were) let be\b|\blets? (?:it|them|him|her) be\b": "is left alone, leave it alone",
    r"\b(?:held?|holds?|holding) (?:[\w`']+ ){0,6}against\b": "compare with",
    r"\b(?:she|hers|herself)\b": "the user, they",
    r"\bin turns\b": "alternating, taking turns",
    r"\bbut for\b": "except for",
    r"\b(?:say|says|said|tell|tells|told|speak|speaks) of\b": "say about, show",
    r"\b(?:stands?|stood) (?:in|at|on|beside|below|above|there|here)\b(?! for)": "is in, is at",
    r"\b(?:lie|lies|lay) (?:beside|there|here)\b": "is next to, is there",
    r"\bof one's own\b": "your own",
    r"\b(?:can|cannot|could) be had\b": "is available, can be downloaded",
    r"\b(?:whereof|thereof|therein|wherein|hither|thither|lest|seldom)\b": "a plain word",
    r"\bby chance\b": "at random",
    r"\bmade ready\b": "prepared",
    r"\bone an? (?:line|row|kind|class|picture|tool|model|method|worker)\b": "one per line, one per class",
    r"\b(?:is|are|was|were) (?:to be )?looked at\b": "is analysed, is read",
    r'"""(?:Say|Tell)s? whether\b|"""What (?:\w+ ){1,3}answers?\b|"""Make it\b': "Return whether, Results of",
    r"\bexists? already\b": "already exists",
    r"\ba (?:table )?row an? \w+|\b(?:an?|two|\d) (?:row|line|folder|box)s? an? "
    r"(?:tag|label|class|row|line)\b": "one row per tag",
    r"\bbesides (?:the picture|its pixels|the pixels)\b": "apart from the picture; metadata",
    r"\bmust be a text\b|\blists? of texts\b": "must be text, a list of strings",
    r"\b(?:goes|go|went) on (?:where|with|by itself)\b": "continue, resume",
}
"""Regular expressions, matched without regard to case, and what to write instead."""

_PATTERN = re.compile("|".join(f"(?P<p{index}>{source})" for index, source in enumerate(BANNED)), re.IGNORECASE)

EXCEPTIONS = ("tests/test_prose.py", "CONTRIBUTING.md", "*LICENSE.md")
"""Files that have to name what is banned, and the licences of others."""


def faults(text: str) -> Iterator[tuple[str, str]]:
    """Yield each banned phrase in a text with its replacement."""
    for match in _PATTERN.finditer(" ".join(text.split())):
        yield match[0], list(BANNED.values())[int((match.lastgroup or "p0")[1:])]


def prose_of_python(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments and strings of a Python module with their lines; adjacent comments are one text."""
    comment, first, last = "", 0, -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] != last + 1:
                yield first, comment
                comment, first = "", token.start[0]
            comment, last = f"{comment} {token.string.lstrip('#:')}", token.start[0]
        elif token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
            yield token.start[0], token.string
    yield first, comment


_SCRIPT = re.compile(
    r"""/\*.*?\*/ | (?:^[ \t]*//[^\n]*\n)+ | //[^\n]*
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | `(?:[^`\\]|\\.)*`""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def prose_of_script(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments and strings of a JavaScript module or style sheet with their lines."""
    for match in _SCRIPT.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, re.sub(r"^\s*(?://|\*)|`", " ", match[0], flags=re.MULTILINE)


class _Markup(HTMLParser):
    """Collects the texts of a page and of the attributes that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(self.getpos()[0], value) for name, value in attrs if value and " " in value and name != "class"]

    def handle_data(self, data: str) -> None:
        self.found.append((self.getpos()[0], data))

    handle_comment = handle_data


def prose_of_markup(source: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of an HTML file with their lines."""
    parser = _Markup()
    parser.feed(source)
    yield from parser.found


def prose_of_document(source: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of a Markdown document with their lines."""
    for match in re.finditer(r"(?:[^\n]+\n?)+", source):
        yield source.count("\n", 0, match.start()) + 1, match[0]


def prose_of_comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a file in which they begin with a hash sign, with their lines."""
    for match in re.finditer(r"(?:^[ \t]*#[^\n]*\n)+", source, re.MULTILINE):
        yield source.count("\n", 0, match.start()) + 1, match[0].replace("#", " ")


READERS = {
    ".py": prose_of_python,
    ".js": prose_of_script,
    ".mjs": prose_of_script,
    ".css": prose_of_script,
    ".html": prose_of_markup,
    ".md": prose_of_document,
    ".sh": prose_of_comments,
    ".toml": prose_of_comments,
    ".tsv": prose_of_comments,
}
"""How the prose of a file is found, by its suffix."""


def files() -> list[Path]:
    """Return the files that are checked."""
    ignored = [f":(exclude){pattern}" for pattern in EXCEPTIONS]
    command = ["git", "ls-files", "-co", "--exclude-standard", "--", *ignored]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_prose_is_plain_english() -> None:
    found = []
    for path in (path for path in files() if path.suffix in READERS):
        source = path.read_text(encoding="utf-8")
        for line, text in READERS[path.suffix](source):
            found += [f"{path.relative_to(ROOT)}:{line}: {phrase!r}; write: {hint}" for phrase, hint in faults(text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".py", '"""Start\n\n    anew."""'),
        (".py", 'x = f"{y} starts anew"'),
        (".py", "x = 1  # starts anew\n"),
        (".py", "# held by chance\n# against the whole\nx = 1\n"),
        (".js", "/**\n * It is held\n * against the whole.\n */"),
        (".js", "f(); // anew\n"),
        (".js", 'f("Start anew");'),
        (".css", "/* All that is in\n   sight. */"),
        (".html", "<p>All that is <b>in</b></p><p>in sight</p>"),
        (".html", '<button aria-label="Start anew"></button>'),
        (".md", "It starts\nanew.\n"),
        (".toml", "# Starts anew.\nx = 1\n"),
    ],
)
def test_prose_is_found_in_every_kind_of_file(suffix: str, source: str) -> None:
    assert any(True for _, text in READERS[suffix](source) for _ in faults(text))


@pytest.mark.parametrize(
    "text",
    [
        "There is no picture; it is no longer needed, and there are none.",
        "Those who have a library; the user who chose it.",
        "100% of the pictures, 3 % (x, y), and recommended amendments indeed.",
        "They stand in for others, and are held in memory.",
        "a pattern such as %d %s",
    ],
)
def test_plain_english_passes(text: str) -> None:
    assert list(faults(text)) == []
