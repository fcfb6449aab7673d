r"""Cells of CSV tables (RFC 4180): texts that are safe in spreadsheets, lists, and functions that read both back.

A list is one cell with ``; `` between its items. In an item, a backslash precedes each semicolon and each backslash:
``AC\; DC`` is one item. A text that a spreadsheet would run as a formula gets an apostrophe in front. So does a text
that already looks like that: apostrophes, then a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets assume the computer's legacy encoding."""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_GUARDED = re.compile(rf"'+(?:{_FORMULA.pattern})")
_ITEM = re.compile(r"(?:[^;\\]|\\.)*", re.DOTALL)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; `unguarded` reverses it.

    Names of files and tags can come from strangers: a spreadsheet would run ``=HYPERLINK(…)`` in one of them.
    Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if _FORMULA.match(cell) or _GUARDED.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` wrote."""
    return cell[1:] if _GUARDED.match(cell) else cell


def list_cell(items: Iterable[str]) -> str:
    """Return a list of strings, none of them empty, as a cell; `items_of` reverses it."""
    return guarded("; ".join(re.sub(r"([\\;])", r"\\\1", item) for item in items))


def items_of(cell: str) -> list[str]:
    """Return the texts of a cell that `list_cell` wrote."""
    items: list[str] = []
    cell, at = unguarded(cell), 0
    while cell and at <= len(cell):
        match = _ITEM.match(cell, at)
        assert match  # the pattern also matches an empty text
        items.append(re.sub(r"\\(.)", r"\1", match[0], flags=re.DOTALL))
        if match.end() < len(cell) and cell[match.end()] != ";":  # a lone backslash at the end
            items[-1] += cell[match.end() :]
            break
        at = match.end() + (2 if cell[match.end() + 1 : match.end() + 2] == " " else 1)
    return items


def parse(text: str, lists: Collection[str] = ()) -> list[dict[str, str | list[str]]]:
    """Return the rows of a table that Onsight wrote, as dicts by column name.

    Args:
        text: Content of the file, with or without its byte order mark.
        lists: Names of the columns whose cells are lists.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    return [{name: items_of(cell) if name in lists else unguarded(cell) for name, cell in row.items()} for row in rows]
