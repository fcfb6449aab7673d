r"""Cells of CSV tables (RFC 4180): texts that no spreadsheet takes for a formula, lists, and both of them read back.

A list stands in one cell, with ``; `` between its items. In an item, a backslash stands before each semicolon and each
backslash: ``AC\; DC`` is one item. A text that a spreadsheet would take for a formula has an apostrophe before it, and
so has one that begins with apostrophes and would otherwise be taken for such a text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take the file for one in the machine's old encoding."""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_GUARDED = re.compile(rf"'+(?:{_FORMULA.pattern})")
_ITEM = re.compile(r"(?:[^;\\]|\\.)*", re.DOTALL)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` undoes it.

    Names of files and of people's own tags are texts of strangers: ``=HYPERLINK(…)`` in one of them would be run.
    Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if _FORMULA.match(cell) or _GUARDED.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` wrote."""
    return cell[1:] if _GUARDED.match(cell) else cell


def list_cell(items: Iterable[str]) -> str:
    """Return a list of texts as a cell; `items_of` undoes it. None of them may be empty."""
    return guarded("; ".join(re.sub(r"([\\;])", r"\\\1", item) for item in items))


def items_of(cell: str) -> list[str]:
    """Return the texts of a cell that `list_cell` wrote."""
    items: list[str] = []
    cell, at = unguarded(cell), 0
    while cell and at <= len(cell):
        match = _ITEM.match(cell, at)
        assert match  # it matches nothing, too
        items.append(re.sub(r"\\(.)", r"\1", match[0], flags=re.DOTALL))
        if match.end() < len(cell) and cell[match.end()] != ";":  # a lone backslash at the end
            items[-1] += cell[match.end() :]
            break
        at = match.end() + (2 if cell[match.end() + 1 : match.end() + 2] == " " else 1)
    return items


def parse(text: str, lists: Collection[str] = ()) -> list[dict[str, str | list[str]]]:
    """Return the rows of a table that Onsight wrote, by the names of its columns.

    Args:
        text: The file, with or without its byte order mark.
        lists: Names of the columns whose cells are lists.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    return [{name: items_of(cell) if name in lists else unguarded(cell) for name, cell in row.items()} for row in rows]
