"""Reads the text fields of IPTC's older format (IIM), which Photoshop's segment of a JPEG holds."""

from __future__ import annotations

from collections.abc import Iterable

TITLE, KEYWORDS, DATE, TIME, DIGITIZED_DATE, DIGITIZED_TIME, HEADLINE, CAPTION = 5, 25, 55, 60, 62, 63, 105, 120
"""Numbers of fields in record 2."""

_RECORD = 2
_CHARACTER_SET = (1, 90)
_UTF_8 = b"\x1b%G"


def read_fields(records: Iterable[bytes]) -> dict[int, list[str]]:
    """Return the texts of record 2 by number of the field; what comes after damage is left out.

    Args:
        records: The blocks that a file has.
    """
    found: dict[int, list[str]] = {}
    for block in records:
        fields = list(_fields(block))
        is_utf_8 = any(place == _CHARACTER_SET and value == _UTF_8 for place, value in fields)
        for (record, number), value in fields:
            if record == _RECORD:
                found.setdefault(number, []).append(decode(value, is_utf_8=is_utf_8))
    return found


def decode(value: bytes, *, is_utf_8: bool = False) -> str:
    """Return a text whose encoding is not known for sure: UTF-8 where it can be that, else Windows-1252.

    Args:
        value: The bytes; what comes after a zero byte is left out.
        is_utf_8: Whether the file says that it is UTF-8; some files say so wrongly.
    """
    text = value.split(b"\0", 1)[0]
    try:
        return text.decode()
    except UnicodeDecodeError:
        if is_utf_8 and len(text) >= 32 and text[:-4].decode("utf-8", "ignore").encode() == text[:-4]:
            return text.decode("utf-8", "ignore")  # the program cut it in the middle of a character
        return text.decode("cp1252", "replace")


def _fields(block: bytes) -> Iterable[tuple[tuple[int, int], bytes]]:
    at = 0
    while block[at : at + 1] == b"\x1c" and at + 5 <= len(block):
        record, number, length = block[at + 1], block[at + 2], int.from_bytes(block[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:  # the length has a length of its own
            size = length & 0x7FFF
            length = int.from_bytes(block[at : at + size], "big")
            at += size
        if at + length > len(block):
            return
        yield (record, number), block[at : at + length]
        at += length
