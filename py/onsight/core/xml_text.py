"""Text in XML, as ``xml.sax.saxutils`` writes it, which imports the modules for HTTP and e-mail as well.

Every visitor of the page would download those before the first label.
"""

from __future__ import annotations

from collections.abc import Mapping

_NO_ENTITIES: Mapping[str, str] = {}


def escape(text: str, entities: Mapping[str, str] = _NO_ENTITIES) -> str:
    """Return a text as the content of an element.

    Args:
        text: The text.
        entities: Further replacements.
    """
    text = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    for char, entity in entities.items():
        text = text.replace(char, entity)
    return text


def unescape(text: str, entities: Mapping[str, str] = _NO_ENTITIES) -> str:
    """Return the text that an element's content stands for.

    Args:
        text: The content.
        entities: Further replacements.
    """
    text = text.replace("&lt;", "<").replace("&gt;", ">")
    for entity, char in entities.items():
        text = text.replace(entity, char)
    return text.replace("&amp;", "&")


def quoteattr(text: str) -> str:
    """Return a text as the value of an attribute, with quotation marks."""
    text = escape(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "&quot;") + '"'
