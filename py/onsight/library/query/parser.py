"""Parse a query to a syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from onsight.core.texts import plural, text
from onsight.errors import InvalidQueryError
from onsight.library.query.fields import FIELDS, NAME_FIELDS, NAMES
from onsight.library.query.syntax import And, Condition, Node, Not, Or, Span, Word

MAX_LENGTH = 8000
"""Maximum length of a query in characters."""

MAX_WORDS = 200
"""Maximum number of words and conditions."""

MAX_DEPTH = 40
"""Maximum depth of nested parentheses and minus signs."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<minus>-(?=[^\s)]))
  | (?P<plus>\+(?=(?:like|similar):))
  | (?P<field>[^\W\d]\w*):(?=\S)(?!//)
  | (?P<quoted>"(?:[^"]|"")*"\*?)
  | (?P<unclosed>")
  | (?P<bare>[^\s()"]+)
    """,
    re.VERBOSE,
)
_VALUE = re.compile(r'(?P<exact>="(?:[^"]|"")*")|(?P<quoted>"(?:[^"]|"")*"\*?)|(?P<unclosed>=?")|(?P<bare>[^\s()"]+)')
_CONTROLS = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "\u2421"}
"""Input fields drop control characters; a query represents each by its symbol, such as ``␉``."""


def parse(query: str) -> Node:
    """Parse a query.

    Args:
        query: The query as the user wrote it; an empty one finds everything.

    Raises:
        InvalidQueryError: The query is invalid; ``detail`` has the position.
    """
    if len(query) > MAX_LENGTH:
        message = text(
            "A search can have at most {maximum:,} characters; this one has {count:,}.",
            maximum=MAX_LENGTH,
            count=len(query),
        )
        raise Span(MAX_LENGTH, len(query) - MAX_LENGTH).error(message)
    return _Parser(tuple(_tokens(query)), len(query)).parse()


def quote(value: str) -> str:
    """Return a value in quotation marks, for a query; quotation marks inside are doubled."""
    return '"' + value.translate(_CONTROLS).replace('"', '""') + '"'


def exactly(value: str) -> str:
    """Return the part of a query, after the colon, that finds exactly this value, in the same case."""
    return "=" + (value if value.isalnum() else quote(value))


def meant_by(exact: str) -> tuple[str, str]:
    """Return the two texts that an exact value can mean: as written, and with control characters for their symbols."""
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
        if found is None or found.lastgroup is None:  # cannot happen: every character matches a group
            raise Span(at, 1).error(text("“{character}” is not allowed here.", character=query[at]))
        kind, written, span = found.lastgroup, found[0], Span(at, len(found[0]))
        at = found.end()
        if kind in ("space", "plus"):  # everything must match anyway
            continue
        if kind in ("open", "close"):
            yield _Token(kind, written, span)
        elif kind == "minus" or written == "NOT":
            yield _Token("not", written, span)
        elif written in ("AND", "OR"):
            yield _Token(written.lower(), written, span)
        else:
            items += 1
            if items > MAX_WORDS:
                raise span.error(
                    plural(
                        MAX_WORDS, "A search can have at most {count} word.", "A search can have at most {count} words."
                    )
                )
            if kind == "field":
                value = _VALUE.match(query, at)
                if value is None or value.lastgroup is None:
                    raise span.error(text("“{field}” needs a value after the colon.", field=written))
                item: Node = _condition(found[kind], span, _word(value, at))
                at = value.end()
                yield _Token("item", query[span.position : at], Span(span.position, at - span.position), item)
            else:
                yield _Token("item", written, span, _plain(_word(found, span.position)))


def _word(found: re.Match[str], at: int) -> Word:
    value, span = found[0], Span(at, len(found[0]))
    if found.lastgroup == "unclosed":
        raise span.error(text("This quotation mark is never closed."))
    if found.lastgroup == "exact":
        return Word(value[2:-1].replace('""', '"'), False, span, quoted=True, exact=True)
    prefix = value.endswith("*")
    value = value.removesuffix("*")
    quoted = found.lastgroup == "quoted"
    if quoted:
        value = value[1:-1].replace('""', '"')
        if not value.strip():
            raise span.error(text("There is nothing between these quotation marks."))
    elif "*" in value:
        place = Span(at + value.index("*"), 1)
        raise place.error(text("“*” is only allowed at the end of a word, as in sun*."))
    if prefix and not value:
        raise span.error(text("“*” needs the beginning of a word before it, as in sun*."))
    return Word(value, prefix, span, quoted)


def _plain(word: Word) -> Node:
    """Return a bare word, or the condition that it abbreviates (``untagged``, ``unsure``)."""
    if word.text.casefold() in ("untagged", "unsure") and not word.prefix and not word.quoted:
        return Condition("is", Word(word.text.casefold(), False, word.span), word.span)
    if word.text.endswith(":") and word.text[:-1].casefold() in NAMES and not word.quoted:
        raise word.span.error(text("“{field}” needs a value after the colon.", field=word.text))
    return word


def _condition(name: str, span: Span, value: Word) -> Condition:
    field = NAMES.get(name.casefold())
    if field is None:
        near = get_close_matches(name.casefold(), NAMES, 1)
        if near:
            message = text("There is no field “{name}”. Did you mean {near}:?", name=name, near=near[0])
        else:
            message = text("There is no field “{name}”. The fields are {fields}.", name=name, fields=", ".join(FIELDS))
        raise Span(span.position, len(name)).error(message)
    whole = Span(span.position, value.span.position + value.span.length - span.position)
    return Condition(field, _read_equals(field, value), whole)


def _read_equals(field: str, value: Word) -> Word:
    """Return the value of a condition. "=" asks for an exact name, or is an operator if the field has numbers."""
    if field in NAME_FIELDS:
        if value.text.startswith("=") and not value.quoted:
            if value.text == "=":
                raise value.span.error(text("“=” needs a name after it."))
            return replace(value, text=value.text[1:] + "*" * value.prefix, prefix=False, exact=True)
    elif value.exact:
        return replace(value, text=f"={value.text}", exact=False)
    return value


class _Parser:
    """A recursive descent parser: or → and → not → atom."""

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
            raise self._tokens[self._at].span.error(text("This closing parenthesis has no opening one."))
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
            raise Span(opening.span.position, 2).error(text("There is nothing between these parentheses."))
        node = self._or()
        if self._kind() != "close":
            raise opening.span.error(text("This parenthesis is never closed."))
        self._at += 1
        self._depth -= 1
        return node

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._tokens[self._at].span.error(text("This search is nested too deeply."))

    def _kind(self) -> str | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def _missing(self, at: Span) -> InvalidQueryError:
        before = self._tokens[self._at - 1] if self._at else None
        if before and before.kind in ("not", "and", "or"):
            name = "-" if before.text == "-" else before.text
            return before.span.error(text("“{operator}” needs a word or a condition after it.", operator=name))
        here = self._tokens[self._at].text if self._at < len(self._tokens) else ""
        if here == ")":
            return at.error(text("This closing parenthesis has no opening one."))
        return at.error(text("“{operator}” needs a word or a condition before it.", operator=here))
