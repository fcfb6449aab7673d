"""Text in XML: written as the standard library writes it."""

from __future__ import annotations

from xml.sax import saxutils

from hypothesis import given
from hypothesis import strategies as st

from onsight.core import xml_text

PIECES = [*"ab&;<>\"'\n\r\t#é", "&amp;", "&lt;", "&gt;", "&quot;"]
TEXTS = st.lists(st.sampled_from(PIECES)).map("".join)
ENTITIES = {'"': "&quot;"}


@given(TEXTS)
def test_xml_text_is_that_of_the_standard_library(text: str) -> None:
    assert xml_text.escape(text) == saxutils.escape(text)
    assert xml_text.escape(text, ENTITIES) == saxutils.escape(text, ENTITIES)
    assert xml_text.quoteattr(text) == saxutils.quoteattr(text)
    back = {entity: char for char, entity in ENTITIES.items()}
    assert xml_text.unescape(text, back) == saxutils.unescape(text, back)
    assert xml_text.unescape(xml_text.escape(text, ENTITIES), back) == text
