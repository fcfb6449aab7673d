"""Keywords in XMP: read them, create them, and merge them into what other programs wrote.

===========================  ==============================  =================================================
``dc:subject``               all programs                    each keyword separately, including broader ones
``lr:hierarchicalSubject``   Lightroom, Bridge, darktable    ``Animal|Dog``
``digiKam:TagsList``         digiKam, Immich                 ``Animal/Dog``
===========================  ==============================  =================================================

A sentence about the picture becomes ``dc:description`` and IPTC's alternative text, where there is none.

A new list starts with the content of the others, because programs that support it read no other list.

A merge inserts text at the right positions and leaves every other byte unchanged: other programs' fields, comments,
prefixes, order and layout. Parsing a document and writing it again would preserve its meaning at best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from onsight._version import __version__
from onsight.core.texts import text
from onsight.core.xml_text import escape, quoteattr
from onsight.errors import InvalidSidecarError
from onsight.image.xmp import encoding_of
from onsight.metadata.alt_text import with_alt_text
from onsight.metadata.forms import with_list
from onsight.metadata.rdf import RDF, SEPARATOR, Element, Found, FoundList, find


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of a picture.

    Attributes:
        subjects: Each keyword separately.
        paths: The same keywords as paths from broad to specific, such as ``("Animal", "Dog")``.
        alt_text: A sentence to write as the description and the alternative text where there is none; empty for none.
    """

    subjects: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A list of keywords in XMP.

    Attributes:
        prefix: The prefix for its namespace in declarations by this module.
        namespace: The namespace.
        name: Its local name.
        separator: Between the steps of a path; None if keywords stand by themselves.
    """

    prefix: str
    namespace: str
    name: str
    separator: str | None

    @property
    def key(self) -> str:
        """Namespace and name in the form that `onsight.metadata.rdf` uses."""
        return f"{self.namespace}{SEPARATOR}{self.name}"

    def texts(self, keywords: Keywords) -> list[str]:
        """Return the unique texts for the keywords."""
        separator = self.separator
        if separator is None:
            return _unique(keywords.subjects)
        # A separator that is part of a name cannot be written.
        return _unique(separator.join(step.replace(separator, "-") for step in path) for path in keywords.paths)

    def missing(self, found: Found, keywords: Keywords) -> list[str]:
        """Return the texts that a document lacks; case is ignored.

        A separate keyword is not missing if it is a level of a path; otherwise programs would show it twice.
        """
        return self.unknown(keywords, found.items(self.key))

    def unknown(self, keywords: Keywords, items: Iterable[str]) -> list[str]:
        """Return the texts of keywords that are not among the items of a list."""
        known = {item.casefold() for item in items}
        if self.separator is not None:
            known |= {step for item in known for step in item.split(self.separator)}
        return [text for text in self.texts(keywords) if text.casefold() not in known]


SUBJECT = Property("dc", "http://purl.org/dc/elements/1.1/", "subject", None)
HIERARCHY = Property("lr", "http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject", "|")
TAGS_LIST = Property("digiKam", "http://www.digikam.org/ns/1.0/", "TagsList", "/")
PROPERTIES = (SUBJECT, HIERARCHY, TAGS_LIST)

EMPTY = f"""\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Onsight {__version__}">
 <rdf:RDF xmlns:rdf="{RDF}">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()
"""A document without any property."""

_NOT_IN_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "�")


def build(keywords: Keywords) -> bytes:
    """Return a new XMP document in UTF-8."""
    return merge(EMPTY, keywords)


def read(document: bytes) -> Keywords:
    """Return the keywords in a document, which may be empty; arguments and errors as in `merge`."""
    found = _find(_decode(document)[2].rstrip(b"\0"))
    return Keywords(tuple(found.items(SUBJECT.key)), _paths(found))


def merge(document: bytes, keywords: Keywords) -> bytes:
    """Return a document with missing keywords and texts added; everything else stays the same, byte for byte.

    Args:
        document: An XMP document in UTF-8, UTF-16 or UTF-32.
        keywords: Keywords that it should have.

    Raises:
        InvalidSidecarError: It is not XMP, is broken, or has keywords in a form that cannot be extended.
    """
    mark, encoding, whole = _decode(document)
    content = whole.rstrip(b"\0")  # some programs reserve space with zeros
    padding = whole[len(content) :]
    merged = with_alt_text(_with_keywords(content, keywords), keywords.alt_text)
    if merged == content:
        return document
    after = _find(merged)
    if any(one.missing(after, keywords) for one in PROPERTIES):
        raise InvalidSidecarError(text("The XMP is written in a form to which keywords cannot be added."))
    return mark + (merged + padding).decode().encode(encoding)


def _decode(document: bytes) -> tuple[bytes, str, bytes]:
    """Return a document's byte order mark, its encoding, and its text in UTF-8."""
    mark, encoding = encoding_of(document)
    try:
        return mark, encoding, document[len(mark) :].decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise InvalidSidecarError(text("The XMP is broken: it is not in UTF-8, UTF-16 or UTF-32.")) from error


def _find(text: bytes) -> Found:
    return find(text, [one.key for one in PROPERTIES])


def _with_keywords(packet: bytes, keywords: Keywords) -> bytes:
    found = _find(packet)
    for one in PROPERTIES:
        if one.key in found.others and one.missing(found, keywords):
            packet = with_list(packet, (one.namespace, one.name))
    found = _find(packet)
    if found.root is None:
        raise InvalidSidecarError(text("This is not XMP: it has no rdf:RDF."))
    pieces: list[tuple[int, int, bytes]] = []  # start, end, replacement
    new: list[tuple[Property, list[str]]] = []
    for one in PROPERTIES:
        missing = one.missing(found, keywords)
        lists = found.lists.get(one.key)
        if missing and one.key in found.others:
            raise InvalidSidecarError(
                text(
                    "The XMP has {prefix}:{name} in a form to which nothing can be added.",
                    prefix=one.prefix,
                    name=one.name,
                )
            )
        if missing and lists:
            pieces.append(_in_list(lists[0], missing))
        elif missing:
            carried = _carried(one, found, keywords)
            new.append((one, [*carried, *one.unknown(keywords, carried)]))
    if new:
        pieces.append(_in_root(packet, found, found.root, new))
    # From the end, so that earlier offsets stay valid.
    for start, end, piece in sorted(pieces, reverse=True):
        packet = packet[:start] + piece + packet[end:]
    return packet


def _carried(one: Property, found: Found, keywords: Keywords) -> list[str]:
    """Return what a new list must copy from the existing lists, because programs that read it do not read those."""
    paths = _paths(found)
    steps = [step for path in paths for step in path]
    if one.separator is None:
        return one.texts(Keywords(tuple(steps), ()))
    known = {step.casefold() for path in (*paths, *keywords.paths) for step in path}
    alone = [(subject,) for subject in found.items(SUBJECT.key) if subject.casefold() not in known]
    return one.texts(Keywords((), (*alone, *paths)))


def _paths(found: Found) -> tuple[tuple[str, ...], ...]:
    paths = (tuple(item.split(one.separator)) for one in PROPERTIES if one.separator for item in found.items(one.key))
    return tuple(dict.fromkeys(paths))


def _in_list(found: FoundList, items: list[str]) -> tuple[int, int, bytes]:
    prefix, colon, _ = found.container.written.rpartition(b":")
    name = prefix + colon + b"li"
    added = b"".join(b"%b<%b>%b</%b>" % (found.before_item, name, escape(item).encode(), name) for item in items)
    if not found.container.ends_itself:
        return found.end, found.end, added
    return found.end - 2, found.end, b">%b</%b>" % (added, found.container.written)


def _in_root(text: bytes, found: Found, root: Element, new: list[tuple[Property, list[str]]]) -> tuple[int, int, bytes]:
    """Return a separate description for properties that are missing."""
    lines = [f'<rdf:Description xmlns:rdf="{RDF}" rdf:about={quoteattr(found.about)}']
    lines += [f'  xmlns:{one.prefix}="{one.namespace}"' for one, _ in new]
    lines[-1] += ">"
    for one, items in new:
        lines += [f" <{one.prefix}:{one.name}>", "  <rdf:Bag>"]
        lines += [f"   <rdf:li>{escape(item)}</rdf:li>" for item in items]
        lines += ["  </rdf:Bag>", f" </{one.prefix}:{one.name}>"]
    lines.append("</rdf:Description>")
    end = found.root_end
    indent = re.search(rb"\n([ \t]*)\Z", text[:end])
    if root.ends_itself or indent is None:
        added = "".join(re.sub(r"^ +(?=<)", "", line) for line in lines).encode()
    else:
        step = b"\n" + indent[1] + b" "
        added = b" " + step.join(line.encode() for line in lines) + b"\n" + indent[1]
    if not root.ends_itself:
        return end, end, added
    return end - 2, end, b">%b</%b>" % (added, root.written)


def _unique(texts: Iterable[str]) -> list[str]:
    """Return unique texts that XML can contain."""
    clean = [text.translate(_NOT_IN_XML).strip() for text in texts]
    return list({text.casefold(): text for text in reversed(clean) if text}.values())[::-1]
