"""From a query's text to a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from onsight.errors import InvalidQueryError
from onsight.library.query.fields import FIELDS, NAME_FIELDS, NAMES
from onsight.library.query.syntax import And, Condition, Node, Not, Or, Span, Word

MAX_LENGTH = 8000
"""Characters of a query at most."""

MAX_WORDS = 200
"""Words and conditions at most."""

MAX_DEPTH = 40
"""Parentheses and minus signs inside one another at most."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<minus>-(?=[^\s)]))
  | (?P<field>[^\W\d]\w*):(?=\S)(?!//)
  | (?P<quoted>"(?:[^"]|"")*"\*?)
  | (?P<unclosed>")
  | (?P<bare>[^\s()"]+)
    """,
    re.VERBOSE,
)
_VALUE = re.compile(r'(?P<exact>="(?:[^"]|"")*")|(?P<quoted>"(?:[^"]|"")*"\*?)|(?P<unclosed>=?")|(?P<bare>[^\s()"]+)')
_CONTROLS = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "\u2421"}
"""An input field keeps no control characters; their pictures stand for them in a query."""


def parse(query: str) -> Node:
    """Read a query.

    Args:
        query: As a person wrote it; an empty one finds everything.

    Raises:
        InvalidQueryError: It cannot be understood; ``detail`` tells where.
    """
    if len(query) > MAX_LENGTH:
        message = f"A search may have {MAX_LENGTH} characters at most; this one has {len(query)}."
        raise Span(MAX_LENGTH, len(query) - MAX_LENGTH).error(message)
    return _Parser(tuple(_tokens(query)), len(query)).parse()


def quote(text: str) -> str:
    """Return a text as a query's value that stands for this text; quotation marks in it are doubled."""
    return '"' + text.translate(_CONTROLS).replace('"', '""') + '"'


def exactly(text: str) -> str:
    """Return a query's value that stands for exactly this text, in the same case and with nothing before or after."""
    return "=" + (text if text.isalnum() else quote(text))


def meant_by(exact: str) -> tuple[str, str]:
    """Return the texts that an exact value can stand for: as written, and with its control characters."""
    controls = {ord(picture): code for code, picture in _CONTROLS.items()}
    return exact, exact.translate(controls)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "open", "close", "not", "and", "or", "item"
    text: str
    span: Span
    item: Node | None = None


def _tokens(query: str) -> Iterator[_Token]:
    at, items = 0, 0
    while at < len(query):
        found = _TOKEN.match(query, at)
        if found is None or found.lastgroup is None:  # cannot be: everything is one of them
            raise Span(at, 1).error(f"“{query[at]}” cannot stand here.")
        kind, text, span = found.lastgroup, found[0], Span(at, len(found[0]))
        at = found.end()
        if kind == "space":
            continue
        if kind in ("open", "close"):
            yield _Token(kind, text, span)
        elif kind == "minus" or text == "NOT":
            yield _Token("not", text, span)
        elif text in ("AND", "OR"):
            yield _Token(text.lower(), text, span)
        else:
            items += 1
            if items > MAX_WORDS:
                raise span.error(f"A search may have {MAX_WORDS} words at most.")
            if kind == "field":
                value = _VALUE.match(query, at)
                if value is None or value.lastgroup is None:
                    raise span.error(f"“{text}” needs a value behind the colon.")
                item: Node = _condition(found[kind], span, _word(value, at))
                at = value.end()
                yield _Token("item", query[span.position : at], Span(span.position, at - span.position), item)
            else:
                yield _Token("item", text, span, _plain(_word(found, span.position)))


def _word(found: re.Match[str], at: int) -> Word:
    text, span = found[0], Span(at, len(found[0]))
    if found.lastgroup == "unclosed":
        raise span.error("This quotation mark is never closed.")
    if found.lastgroup == "exact":
        return Word(text[2:-1].replace('""', '"'), False, span, quoted=True, exact=True)
    prefix = text.endswith("*")
    text = text.removesuffix("*")
    quoted = found.lastgroup == "quoted"
    if quoted:
        text = text[1:-1].replace('""', '"')
        if not text.strip():
            raise span.error("There is nothing between these quotation marks.")
    elif "*" in text:
        place = Span(at + text.index("*"), 1)
        raise place.error("A “*” may stand only at the end of a word, as in sun*.")
    if prefix and not text:
        raise span.error("A “*” needs the beginning of a word before it, as in sun*.")
    return Word(text, prefix, span, quoted)


def _plain(word: Word) -> Node:
    """Return a word, or the condition that has a word of its own."""
    if word.text.casefold() in ("untagged", "unsure") and not word.prefix and not word.quoted:
        return Condition("is", Word(word.text.casefold(), False, word.span), word.span)
    if word.text.endswith(":") and word.text[:-1].casefold() in NAMES and not word.quoted:
        raise word.span.error(f"“{word.text}” needs a value behind the colon.")
    return word


def _condition(name: str, span: Span, value: Word) -> Condition:
    field = NAMES.get(name.casefold())
    if field is None:
        near = get_close_matches(name.casefold(), NAMES, 1)
        hint = f"Did you mean {near[0]}:?" if near else f"There are {', '.join(FIELDS)}."
        raise Span(span.position, len(name)).error(f"There is no field “{name}”. {hint}")
    whole = Span(span.position, value.span.position + value.span.length - span.position)
    return Condition(field, _read_equals(field, value), whole)


def _read_equals(field: str, value: Word) -> Word:
    """Return the value of a condition; for names “=” asks for exactly this one, for numbers it is an operator."""
    if field in NAME_FIELDS:
        if value.text.startswith("=") and not value.quoted:
            if value.text == "=":
                raise value.span.error("“=” needs a name behind it.")
            return replace(value, text=value.text[1:] + "*" * value.prefix, prefix=False, exact=True)
    elif value.exact:
        return replace(value, text=f"={value.text}", exact=False)
    return value


class _Parser:
    """Reads by recursive descent: or → and → not → atom."""

    def __init__(self, tokens: tuple[_Token, ...], length: int) -> None:
        self._tokens = tokens
        self._end = Span(length, 0)
        self._at = 0
        self._depth = 0

    def parse(self) -> Node:
        if not self._tokens:
            return And(())
        node = self._or()
        if self._kind() == "close":
            raise self._tokens[self._at].span.error("This parenthesis closes none that is open.")
        return node

    def _or(self) -> Node:
        items = [self._and()]
        while self._kind() == "or":
            self._at += 1
            items.append(self._and())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _and(self) -> Node:
        items = [self._not()]
        while self._kind() in ("and", "not", "open", "item"):
            if self._kind() == "and":
                self._at += 1
            items.append(self._not())
        return items[0] if len(items) == 1 else And(tuple(items))

    def _not(self) -> Node:
        if self._kind() != "not":
            return self._atom()
        self._descend()
        self._at += 1
        item = self._not()
        self._depth -= 1
        return Not(item)

    def _atom(self) -> Node:
        if self._at == len(self._tokens):
            raise self._missing(self._end)
        token = self._tokens[self._at]
        if token.kind == "open":
            return self._group(token)
        if token.item is None:
            raise self._missing(token.span)
        self._at += 1
        return token.item

    def _group(self, opening: _Token) -> Node:
        self._descend()
        self._at += 1
        if self._kind() == "close":
            raise Span(opening.span.position, 2).error("There is nothing between these parentheses.")
        node = self._or()
        if self._kind() != "close":
            raise opening.span.error("This parenthesis is never closed.")
        self._at += 1
        self._depth -= 1
        return node

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._tokens[self._at].span.error("This search is nested too deeply.")

    def _kind(self) -> str | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def _missing(self, at: Span) -> InvalidQueryError:
        before = self._tokens[self._at - 1] if self._at else None
        if before and before.kind in ("not", "and", "or"):
            name = "-" if before.text == "-" else before.text
            return before.span.error(f"“{name}” needs a word or a condition behind it.")
        here = self._tokens[self._at].text if self._at < len(self._tokens) else ""
        if here == ")":
            return at.error("This parenthesis closes none that is open.")
        return at.error(f"“{here}” needs a word or a condition before it.")
