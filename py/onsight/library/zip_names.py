"""Decode the file names in a ZIP archive, whatever program wrote them.

A name is in UTF-8 if a flag or the Unicode Path field says so. Otherwise it should be in cp437, but macOS writes UTF-8
and Windows writes the computer's code page, so the encoding is guessed from the names.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping

from onsight.files.names import numbered

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_CODE_PAGES = ("cp437", "cp850", "cp1252", "cp852", "cp866", "cp1251", "cp932", "gbk", "cp949", "big5", "cp737")
"""The code pages that are tried; the first one wins a tie."""

_COMMON = frozenset("äöüßéèêëàâãçñåæøœíóúáôîïÄÖÜÉÅÆØÑÁÍÓÚłąęśżźćńčřšžýěůőűŁŚŻŹČŘŠŽ")
_COMMON_HANGUL = frozenset(
    "이다가는을를에의사고지로한기도하자어인나리시대아여정해부제스장일전수주원보구성서라비상과마우소미조만연음모양무경동공방"
    "국선생신문화물학산면영중진세안실강행새년월그거들것오은있게위내말집바다봄여름가을겨울친가족"
)
_DRIVE = re.compile(r"[A-Za-z]:")


def member_names(members: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by name, in the order of the archive.

    Names are relative paths with ``/``, composed (NFC), and never lead out of the archive. If several files have the
    same name, the last one keeps it, as when the archive is unpacked, and the earlier ones get a number.

    Args:
        members: Entries of the archive, in order.
    """
    members = [member for member in members if not _is_folder(member)]
    raw = {index: _bytes_of(member) for index, member in enumerate(members)}
    unclear = {index: name for index, name in raw.items() if name is not None and not _is_utf8(name)}
    page = guess_code_page(unclear.values()) if unclear else "utf-8"
    found: dict[str, zipfile.ZipInfo] = {}
    for index, member in reversed(list(enumerate(members))):
        name = raw[index]
        if name is None:
            text = member.orig_filename
        else:
            text = _unicode_path(member, name) or name.decode(page if index in unclear else "utf-8", "replace")
        path = _safe_path(text)
        folder, slash, last = path.rpartition("/")
        number = 1
        while path and path in found:
            number += 1
            path = f"{folder}{slash}{numbered(last, number)}"
        if path:
            found[path] = member
    return dict(reversed(found.items()))


def guess_code_page(names: Iterable[bytes]) -> str:
    """Return the code page in which names look most like words; cp437 if none can decode them.

    Args:
        names: Names from one archive that are not in UTF-8.
    """
    text = b"\n".join(names)
    scores: dict[str, float] = {}
    for page in _CODE_PAGES:
        try:
            scores[page] = _score(text.decode(page), page)
        except UnicodeDecodeError:
            continue
    return max(scores, key=lambda page: scores[page], default="cp437")


def _score(text: str, page: str) -> float:
    """Return how much a text looks like words; higher is better."""
    score = 0.0
    for before, char, after in _triples(text):
        if char < "\x80":
            continue
        if not char.isalpha():
            kind = unicodedata.category(char)
            score -= 0.0 if kind in ("Pd", "Pi", "Pf") else 2.0 if kind[0] in "SCZ" else 1.0
            continue
        script = _script(char)
        score += _weight(char, script, page)
        others = [other for other in (before, after) if other.isalpha()]
        if script == "LATIN":
            score -= 0.5 * sum(other >= "\x80" for other in others)
            score -= 1.0 if char.isupper() and before.islower() else 0.0
            score -= 0.0 if others or char in "àéèóÀÅå" else 1.5
        elif script in ("CYRILLIC", "GREEK"):
            score -= 2.0 * sum(_script(other) != script for other in others)
            score -= 0.5 if char.isupper() and before.islower() else 0.0
            score -= 0.0 if others or char.islower() else 1.5
        else:
            score -= sum("a" <= other <= "z" for other in others)
    return score


def _weight(char: str, script: str, page: str) -> float:
    if script == "LATIN":
        return 1.0 if char in _COMMON else 0.6
    if script in ("CYRILLIC", "GREEK", "HALFWIDTH"):
        return -0.5 if script == "HALFWIDTH" else 0.9
    coded = char.encode(page)
    if len(coded) == 1:
        return 0.9
    # A single-byte code page decodes these two bytes as two letters, so the weight is about twice that of a letter.
    # A second byte that is an ASCII letter reduces the weight, because it may be a letter of the name.
    doubt = 0.7 if b"a" <= coded[1:] <= b"z" else 0.0
    if script == "HANGUL":
        return (2.0 if char in _COMMON_HANGUL else 1.7) - doubt if page == "cp949" else 0.2
    if script in ("HIRAGANA", "KATAKANA"):
        return 2.1 - doubt if page == "cp932" else 0.4
    if script == "CJK":
        # First bytes of the common characters in each code page. Text in another code page decodes to rare ones.
        common = {"cp932": range(0x88, 0x98), "gbk": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}.get(page, range(0))
        is_plain = page != "gbk" or coded[1] >= 0xA1
        return (1.9 if coded[0] in common and is_plain else 0.2 if page != "cp949" else -1.0) - doubt
    return 0.9 - doubt


def _script(char: str) -> str:
    return unicodedata.name(char, "UNKNOWN").split(" ", 1)[0].split("-", 1)[0]


def _triples(text: str) -> Iterator[tuple[str, str, str]]:
    padded = f"\n{text}\n"
    return zip(padded, padded[1:], padded[2:], strict=False)


def _bytes_of(member: zipfile.ZipInfo) -> bytes | None:
    """Return the bytes of a name in the archive, or None if `zipfile` has decoded it from UTF-8."""
    if member.flag_bits & _UTF8_FLAG:
        return None
    try:
        return member.orig_filename.encode("cp437")
    except UnicodeEncodeError:  # zipfile has read the Unicode Path field
        return None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unicode_path(member: zipfile.ZipInfo, name: bytes) -> str | None:
    """Return the name in the Unicode Path field if the field's checksum matches this name, otherwise None."""
    field = extra_fields(member).get(_UNICODE_PATH, b"")
    if len(field) > 5 and field[0] == 1 and struct.unpack_from("<I", field, 1)[0] == zlib.crc32(name):
        try:
            return field[5:].decode()
        except UnicodeDecodeError:
            return None
    return None


def extra_fields(member: zipfile.ZipInfo) -> Mapping[int, bytes]:
    """Return the extra fields of an archive's entry, by field id."""
    fields: dict[int, bytes] = {}
    rest = member.extra
    while len(rest) >= 4:
        number, size = struct.unpack_from("<HH", rest)
        fields.setdefault(number, rest[4 : 4 + size])
        rest = rest[4 + size :]
    return fields


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.orig_filename.endswith(("/", "\\"))


def _safe_path(text: str) -> str:
    """Return a relative path that stays inside the archive; empty if the path contains ``..``."""
    text = unicodedata.normalize("NFC", text.split("\0", 1)[0]).replace("\\", "/")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        return ""
    if parts and _DRIVE.fullmatch(parts[0]):
        del parts[0]
    return "/".join(parts)
