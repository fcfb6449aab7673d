"""Normalise texts for comparison, both those that a person types and those that a library stores.

`fold` removes what people leave out when they type: case, accents, width variants and invisible characters.
`search_key` also removes punctuation, so that ``img 1234`` finds ``IMG_1234``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        # Letters that Unicode does not decompose, with their usual spelling on keyboards without them.
        **{"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ɖ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n"},
        **{"ø": "o", "ŧ": "t", "ƀ": "b", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ə": "e", "ĸ": "k", "ȷ": "j", "ƴ": "y"},
        **{"ɨ": "i", "ʉ": "u", "ɵ": "o", "ƶ": "z", "ǥ": "g", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ґ": "г", "·": ""},
        # Cyrillic letters that a Russian keyboard does not have.
        **{"қ": "к", "ғ": "г", "ң": "н", "ү": "у", "ұ": "у", "ө": "о", "ҳ": "х", "ҷ": "ч", "һ": "х", "ә": "а"},
        # Arabic letters that look alike and are often confused, and the forms on Persian keyboards.
        **{"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ە": "ه", "ھ": "ه", "ہ": "ه", "ـ": ""},
    }
)
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼʻʹʽ′`´՚ꞌ׳", "'"),
        **dict.fromkeys("“”„‟«»″״", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u05be\u30a0\ufe58\ufe63\uff0d", "-"),
    }
)

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u3005-\u3007\u3021-\u3029\u3040-\u30fa\u30fc-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that do not separate words by spaces, and Korean, which attaches particles to them."""

_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_KANA = re.compile("[\u3040-\u30ff]")
_ASCII_WORDS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()} | {"'": "", "`": ""})


def fold(text: str) -> str:
    """Return a text without case, accents and other marks, width variants, invisible characters and extra spaces.

    Vowel signs (Hindi, Thai) and the voicing marks of kana are kept, because words differ by them.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_SIGNS).split())
    text = _without_marks(unicodedata.normalize("NFKD", text.translate(_SIGNS))).casefold()
    text = _without_marks(unicodedata.normalize("NFKD", text)).translate(_LETTERS).translate(_SIGNS)
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=20_000)
def search_key(text: str) -> str:
    """Return the folded words of a text with single spaces between them, as compared by a search.

    Punctuation separates words, apostrophes are removed, and words in scripts without spaces are separated from others.
    The key of a text with only punctuation is empty.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_WORDS).split())
    spaced = "".join(_key_character(char) for char in fold(text))
    return " ".join(_UNSPACED_RUN.sub(r" \g<0> ", spaced).split())


def may_be_inside(key: str) -> bool:
    """Return whether a key also matches inside words: ``or`` would match nearly every text, 東 would not."""
    return len(key) > 2 or (len(key) == 2 and key.isdigit()) or max(key, default="") >= "\u0590"


def is_unspaced(char: str) -> bool:
    """Return whether a character belongs to a script in which words can start or end next to any character."""
    return bool(_UNSPACED_RUN.match(char)) or unicodedata.category(char) == "So"


def _without_marks(text: str) -> str:
    """Remove marks and invisible characters from a decomposed text."""
    if text.isascii():
        return text
    kept: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Cf" or (category in ("Mn", "Me") and not _is_part_of_word(char, kept)):
            continue
        if category == "Nd":
            char = str(unicodedata.digit(char))
        kept.append(char)
    return "".join(kept)


def _is_part_of_word(mark: str, before: list[str]) -> bool:
    if mark in "\u3099\u309a":  # voiced kana are separate letters
        return bool(before and _KANA.match(before[-1]))
    if mark == "\u034f" or "\ufe00" <= mark <= "\ufe0f" or "\U000e0100" <= mark <= "\U000e01ef" or mark < "\u0370":
        return False
    if not unicodedata.combining(mark):
        return not "\u180b" <= mark <= "\u180f"
    name = unicodedata.name(mark, "")
    return "VOWEL SIGN" in name or "CHARACTER SARA" in name


def _key_character(char: str) -> str:
    if char in "'\"":
        return "" if char == "'" else " "
    category = unicodedata.category(char)
    if category == "So":
        return f" {char} "
    return char if category[0] in "LNM" else " "
