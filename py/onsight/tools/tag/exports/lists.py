"""Tags as a line of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from onsight.tools.tag.keywords import keywords_of
from onsight.tools.tag.results import Tag


def comma_list(tags: Sequence[Tag], level: str = "main") -> str:
    """Return the keywords of a level, one of `onsight.tools.tag.keywords.LEVELS`: ``Dog, River or lake``."""
    return ", ".join(keywords_of(tags, level).subjects)


def hashtags(tags: Sequence[Tag], level: str = "main") -> str:
    """Return the keywords of a level as hashtags: ``#Dog #RiverOrLake``."""
    marks = [hashtag(name) for name in keywords_of(tags, level).subjects]
    found = {mark.casefold(): mark for mark in reversed(marks) if mark}
    return " ".join(reversed(found.values()))


def hashtag(name: str) -> str:
    """Return a name as a hashtag in camel case, or an empty text if it has no letter or digit.

    Letters, digits and combining marks of all scripts are kept. A name of digits only gets an underscore in front,
    because sites do not take ``#2024`` for a hashtag.
    """
    text = unicodedata.normalize("NFC", name)
    # "Bird's" is one word, "River/lake" is two.
    words = _spaced(re.sub(r"(?<=\w)['’](?=\w)", "", text)).split()
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    if not any(char.isalnum() for char in joined):
        return ""
    return f"#_{joined}" if all(char.isdigit() for char in joined) else f"#{joined}"


def _spaced(text: str) -> str:
    """Return a text with a space in place of each character that a hashtag cannot contain."""
    return "".join(char if unicodedata.category(char)[0] in "LMN" or char == "_" else " " for char in text)
