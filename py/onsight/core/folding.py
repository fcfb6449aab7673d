"""The forms in which texts are compared: one for what a person types and what a library keeps.

`fold` drops what people leave out when they type: case, accents, width, characters that cannot be seen. `search_key`
also drops punctuation, so that ``IMG_1234`` is found by ``img 1234``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        # Letters that Unicode does not decompose, as people type them on a keyboard that lacks them.
        **{"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ɖ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n"},
        **{"ø": "o", "ŧ": "t", "ƀ": "b", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ə": "e", "ĸ": "k", "ȷ": "j", "ƴ": "y"},
        **{"ɨ": "i", "ʉ": "u", "ɵ": "o", "ƶ": "z", "ǥ": "g", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ґ": "г", "·": ""},
        # Cyrillic letters that a Russian keyboard lacks.
        **{"қ": "к", "ғ": "г", "ң": "н", "ү": "у", "ұ": "у", "ө": "о", "ҳ": "х", "ҷ": "ч", "һ": "х", "ә": "а"},
        # Arabic letters that look alike and are typed for one another, and Persian keyboards' forms of them.
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
"""Scripts that put no space between words, and Korean, which joins particles to them."""

_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_KANA = re.compile("[\u3040-\u30ff]")
_ASCII_WORDS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()} | {"'": "", "`": ""})


def fold(text: str) -> str:
    """Return a text without case, accents and other marks, forms of width, invisible characters, surplus spaces.

    Vowel signs (Hindi, Thai) and the voicing marks of kana are kept: without them it would be another word.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_SIGNS).split())
    text = _without_marks(unicodedata.normalize("NFKD", text.translate(_SIGNS))).casefold()
    text = _without_marks(unicodedata.normalize("NFKD", text)).translate(_LETTERS).translate(_SIGNS)
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=20_000)
def search_key(text: str) -> str:
    """Return the folded words of a text with single spaces between them: what a search compares.

    Punctuation separates words, apostrophes are dropped, and words of scripts without spaces are set apart from others.
    A text that has only punctuation has an empty key.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_WORDS).split())
    spaced = "".join(_key_character(char) for char in fold(text))
    return " ".join(_UNSPACED_RUN.sub(r" \g<0> ", spaced).split())


def may_be_inside(key: str) -> bool:
    """Say whether a key is looked for inside words too: ``or`` would be found in nearly every text, 東 would not."""
    return len(key) > 2 or (len(key) == 2 and key.isdigit()) or max(key, default="") >= "\u0590"


def is_unspaced(char: str) -> bool:
    """Say whether a character is of a script in which a word may begin or end beside any other character."""
    return bool(_UNSPACED_RUN.match(char)) or unicodedata.category(char) == "So"


def _without_marks(text: str) -> str:
    """Drop marks and invisible characters from a decomposed text."""
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
    if mark in "\u3099\u309a":  # voiced kana are letters of their own
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
