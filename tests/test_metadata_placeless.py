"""What Enhance leaves of a file's metadata where no place may be named: nothing that could name one, anywhere."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onsight.core.flow import drive
from onsight.image.blocks import comments, exif_blocks, iptc_records, xmp_packets
from onsight.image.exif import copied
from onsight.image.iptc import iptc_segment
from onsight.image.placeless import placeless_iptc, placeless_xmp
from onsight.image.png_text import png_texts
from onsight.image.tiff import exif_directories
from onsight.image.xmp import DC, EXIF, PHOTOSHOP, RDF, TIFF, XMP, properties
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.task import enhance
from tests import exiftool
from tests.containers import Entry, ascii_entry, avif_with, jp2_with, psd_with, raw_profile, tiff_block
from tests.pictures import encode, photo, png, png_chunk

FORMATS = ("jpeg", "png", "webp")
PLACE = "Stephansplatz"
"""Planted in everything that may name a place."""

NAMESPACES = {
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#", "exif": EXIF, "tiff": TIFF, "xmp": XMP, "dc": DC,
    "photoshop": PHOTOSHOP, "core": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "dji": "http://www.dji.com/drone-dji/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/", "rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "mp": "http://ns.microsoft.com/photo/1.2/", "my": "http://example.org/where/", "acdsee": "http://ns.acdsee.com/iptc/1.0/",
    "mm": "http://ns.adobe.com/xap/1.0/mm/", "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "mediapro": "http://ns.iview-multimedia.com/mediapro/1.0/", "expressionmedia": "http://ns.microsoft.com/expressionmedia/1.0/",
}  # fmt: skip
ELEMENTS = f"""
<geo:lat>{PLACE}</geo:lat><geo:Point>{PLACE}</geo:Point><exif:GPSAreaInformation>{PLACE}</exif:GPSAreaInformation>
<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{PLACE}</rdf:li></rdf:Alt></exif:UserComment>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{PLACE}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{PLACE}</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>{PLACE}</rdf:li></rdf:Bag></dc:subject><dc:coverage>{PLACE}</dc:coverage>
<ext:LocationShown><rdf:Bag><rdf:li ext:City="{PLACE}"/></rdf:Bag></ext:LocationShown>
<ext:LocationCreated rdf:parseType="Resource"><ext:Sublocation>{PLACE}</ext:Sublocation></ext:LocationCreated>
<core:CreatorContactInfo core:CiAdrCity="{PLACE}"/><core:Scene><rdf:Bag><rdf:li>{PLACE}</rdf:li></rdf:Bag></core:Scene>
<lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|{PLACE}</rdf:li></rdf:Bag></lr:hierarchicalSubject>
<rs:Regions rdf:parseType="Resource"><rs:Name>{PLACE}</rs:Name></rs:Regions>
<mm:History><rdf:Seq><rdf:li xmlns:e="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" e:parameters="{PLACE}"/>
</rdf:Seq></mm:History><xmp:Rating>{PLACE}</xmp:Rating><exif:FNumber>{PLACE}</exif:FNumber><xmp:Label>{PLACE}</xmp:Label>
<dc:creator><rdf:Seq><rdf:li my:at="{PLACE}">Ann</rdf:li><rdf:li rdf:parseType="Resource"><my:where>{PLACE}</my:where>
</rdf:li></rdf:Seq></dc:creator>
"""  # fmt: skip
ATTRIBUTES = " ".join(
    f'{name}="{PLACE}"'
    for name in (
        "geo:long", "exif:GPSDestLatitude", "photoshop:City", "photoshop:State", "photoshop:Headline", "core:Location",
        "ext:WorldRegion", "dji:GpsLongtitude", "mp:RegionInfo", "my:coordinates", "acdsee:city", "crs:RawFileName",
        "mediapro:Location", "expressionmedia:Event", "xmp:ModifyDate", "tiff:ImageDescription",
    )
)  # fmt: skip
STAYS = 'tiff:Model="Model X" xmp:CreateDate="2024-05-06T07:08:09+02:00" exif:ExposureTime="1/40"'
XMP_PACKET = (
    f'<?xpacket begin="" id="{PLACE}"?><!-- {PLACE} --><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{PLACE}">'
    f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="{PLACE}" xmlns:{PLACE}="http://{PLACE}/" '
    + " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
    + f' {STAYS} {ATTRIBUTES}>{ELEMENTS}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()


def dataset(record: int, number: int, value: bytes) -> bytes:
    return b"\x1c" + bytes([record, number]) + struct.pack(">H", len(value)) + value


IPTC = (
    dataset(1, 90, b"\x1b%G")
    + b"".join(dataset(2, number, PLACE.encode()) for number in {*range(1, 256)} - {65, 70, 80, 85, 110, 116})
    + dataset(2, 80, b"Ann")
)  # fmt: skip


def exif_with_places() -> bytes:
    place = PLACE.encode()
    texts = [0x010D, 0x010E, 0x011D, 0x013C, 0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F, 0xC4A5, 0xEAAA, 0x0132]
    main = [ascii_entry(tag, PLACE) for tag in texts] + [ascii_entry(0x0110, "Model X"), ascii_entry(0x013B, "Ann")]
    camera = [
        (0x9286, 7, 8 + len(place), b"ASCII\0\0\0" + place), (0x927C, 7, len(place), place), ascii_entry(0xA420, PLACE),
        (0x9000, 7, len(place), place), ascii_entry(0x829D, PLACE), ascii_entry(0xEAAB, PLACE),
        (0xA40B, 7, len(place), place),
        (0x920A, 1, len(place), place), ascii_entry(0x9003, "2024:05:06 07:08:09"), ascii_entry(0xA436, PLACE),
    ]  # fmt: skip
    gps = [
        ascii_entry(1, "N"),
        (2, 5, 3, struct.pack(">6I", 48, 1, 12, 1, 0, 1)),
        (0x1C, 7, 8 + len(place), bytes(8) + place),
    ]
    return tiff_block(">", (0, main), (0x8769, camera), (0x8825, gps))


BLOCK = exif_with_places()
TEXTS = b"".join(
    png_chunk(b"tEXt", f"{keyword}\0{PLACE}".encode())
    for keyword in (
        "Title",
        "Description",
        "Comment",
        "Source",
        "parameters",
        "prompt",
        "Location",
        "Creation Time",
        PLACE,
    )
) + png_chunk(b"iTXt", f"Author\0\0\0en\0{PLACE}\0Ann".encode())
SOURCES = {
    "JPEG": encode(
        photo(), "JPEG", exif=b"Exif\0\0" + BLOCK, xmp=XMP_PACKET, extra=iptc_segment(IPTC), comment=PLACE.encode()
    ),
    "PNG": png(
        4, 4, 8, 2, bytes(48), before_data=png_chunk(b"eXIf", BLOCK) + TEXTS,
        after_data=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP_PACKET))
        + raw_profile("iptc", IPTC),
    ),
    "PNG with raw profiles": png(
        4, 4, 8, 2, bytes(48), before_data=raw_profile("exif", b"Exif\0\0" + BLOCK) + raw_profile("xmp", XMP_PACKET)
    ),
    "WebP": encode(photo(), "WEBP", exif=BLOCK, xmp=XMP_PACKET),
    "AVIF": avif_with(BLOCK, XMP_PACKET),
    "JPEG 2000": jp2_with(BLOCK, XMP_PACKET, IPTC),
    "PSD": psd_with(BLOCK, XMP_PACKET, IPTC),
}  # fmt: skip


def placeless(data: bytes, format: str) -> bytes:
    def nothing() -> Any:
        raise AssertionError("No network is needed here.")

    options = EnhanceOptions(metadata="no-location", format=format)
    return drive(enhance(data, options, nothing), lambda _: nothing()).data


def unpacked(data: bytes) -> bytes:
    """Return all that a file says in readable form, compressed texts and hexadecimal digits included."""
    said = [data, *exif_blocks(data), *xmp_packets(data), *iptc_records(data), *comments(data)]
    said += [f"{one.keyword} {one.text} {one.translated}".encode() for one in png_texts(data)]
    return b" ".join(said)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", SOURCES)
def test_no_place_survives_in_any_container(name: str, format: str, tmp_path: Path) -> None:
    source = SOURCES[name]
    assert PLACE.encode() in unpacked(source)
    data = placeless(source, format)
    said = unpacked(data)
    assert PLACE.encode() not in said
    assert PLACE.encode("utf-16-le") not in said
    path = tmp_path / "picture"
    path.write_bytes(data)
    read = exiftool.read(path, "-a", "-G1", "-j")
    assert PLACE not in str(read)
    assert not [key for key in read if "GPS" in key]
    assert read["IFD0:Model"] == "Model X"
    assert read["ExifIFD:DateTimeOriginal"] == "2024:05:06 07:08:09"
    assert read["XMP-dc:Creator"] == "Ann"
    assert read["XMP-xmp:CreateDate"] == "2024:05:06 07:08:09+02:00"
    assert read["XMP-exif:ExposureTime"] == "1/40"
    if name in ("JPEG", "JPEG 2000", "PSD", "PNG") and format != "webp":
        assert read["IPTC:By-line"] == "Ann"


NAMES = st.text(st.sampled_from("abcdefgXYZ"), min_size=1, max_size=8)
URIS = st.one_of(
    st.sampled_from([*NAMESPACES.values(), RDF]), NAMES.map(lambda name: f"http://example.org/{name}/")
)  # fmt: skip
KNOWN = st.sampled_from(
    ["City", "Rating", "FNumber", "GPSLatitude", "title", "subject", "format", "DateCreated", "DocumentID", "Label"]
)


@given(
    URIS,
    st.one_of(NAMES, KNOWN),
    st.sampled_from(["attribute", "text", "Bag", "Alt", "Seq", "resource", "struct", "value"]),
)
def test_a_property_that_is_not_listed_leaves_nothing(uri: str, name: str, form: str) -> None:
    start = f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:q="{uri}"'
    end = "</rdf:Description></rdf:RDF>"
    inside = {
        "text": PLACE,
        "resource": "",
        "struct": f"<rdf:Description><q:in>{PLACE}</q:in></rdf:Description>",
        "value": f"<rdf:Description><rdf:value>{PLACE}</rdf:value></rdf:Description>",
    }.get(form, f"<rdf:{form}><rdf:li>{PLACE}</rdf:li></rdf:{form}>")
    mark = f' rdf:resource="{PLACE}"' if form == "resource" else ""
    packet = (
        f'{start} q:{name}="{PLACE}">{end}'
        if form == "attribute"
        else f"{start}><q:{name}{mark}>{inside}</q:{name}>{end}"
    )
    left = placeless_xmp(packet.encode())
    assert PLACE.encode() not in left
    assert uri.encode() not in left


TAGS = st.one_of(
    st.sampled_from([*range(0x0100, 0x0140), *range(0x8290, 0x829F), *range(0x8820, 0x8840), *range(0x9000, 0x9300)]),
    st.sampled_from([*range(0xA000, 0xA010), *range(0xA200, 0xA220), *range(0xA300, 0xA304), *range(0xA400, 0xA500)]),
    st.integers(0, 0xFFFF),
)


@settings(max_examples=500)
@given(TAGS, st.sampled_from([1, 2, 6, 7, 129]), st.integers(1, 3), st.sampled_from("<>"))
def test_a_tag_that_is_not_listed_leaves_nothing(tag: int, kind: int, where: int, order: str) -> None:
    texts = {0x010F, 0x0110, 0x0131, 0x013B, 0x8298, 0x9C9D, 0xA430, 0xA431, 0xA433, 0xA434, 0xA435}
    value = PLACE.encode() if tag % 2 else b"Graz"
    entry = (tag, kind, len(value), value)
    directories: list[tuple[int, list[Entry]]] = [(0, []), (0x8769, []), (0x8825, [])]
    directories[where - 1][1].append(entry)
    if tag in texts | {0x8769, 0x8825, 0xA005}:
        return
    block = tiff_block(order, *directories)
    assert value not in copied(block, size=(1, 1), location=False, reshaped=False).block
    if where == 3 or (tag in (0x010E, 0x9286) and kind == 2):
        assert value in copied(block, size=(1, 1), location=True, reshaped=False).block


@given(st.integers(0, 255), st.integers(0, 255))
def test_a_dataset_that_is_not_listed_leaves_nothing(record: int, number: int) -> None:
    authors = {(2, 65), (2, 70), (2, 80), (2, 85), (2, 110), (2, 116)}
    if (record, number) not in authors:
        left = placeless_iptc(dataset(record, number, PLACE.encode()) + dataset(2, 80, b"Ann"))
        assert left == dataset(2, 80, b"Ann")


@pytest.mark.parametrize(
    ("name", "value", "stays"),
    [
        ("xmp:ModifyDate", "48.2082 16.3738", False),
        ("xmp:ModifyDate", "2024-05-06T07:08:09.25+02:00", True),
        ("xmp:ModifyDate", "2024", True),
        ("exif:FNumber", "48.2082,16.3738", False),
        ("exif:FNumber", "28/10", True),
        ("mm:DocumentID", "xmp.did:48-Graz", False),
        ("mm:DocumentID", "xmp.did:0123abcd-0123-4567-89ab-0123456789ab", True),
        ("ext:DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/Graz", False),
        ("ext:DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", True),
    ],
)
def test_a_value_must_have_the_form_of_its_property(name: str, value: str, stays: bool) -> None:
    prefix, _, local = name.partition(":")
    packet = (
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:{prefix}="{NAMESPACES[prefix]}" '
        f'{name}="{value}"/></rdf:RDF>'
    )
    kept = properties(placeless_xmp(packet.encode()))
    assert kept == ({(NAMESPACES[prefix], local): (value,)} if stays else {})


@pytest.mark.parametrize("time", ["2024-05-06T07:08:09Z", "Mon, 6 May 2024 07:08:09 +0200", "May 6 2024 07:08"])
def test_a_creation_time_of_a_png_stays(time: str) -> None:
    source = png(4, 4, 8, 2, bytes(48), before_data=png_chunk(b"tEXt", f"Creation Time\0{time}".encode()))
    assert [one.text for one in png_texts(placeless(source, "png"))] == [time]


def test_what_stays_of_xmp() -> None:
    kept = properties(placeless_xmp(XMP_PACKET))
    assert kept == {
        (TIFF, "Model"): ("Model X",),
        (XMP, "CreateDate"): ("2024-05-06T07:08:09+02:00",),
        (EXIF, "ExposureTime"): ("1/40",),
        (DC, "creator"): ("Ann",),
    }
    found = exif_directories(copied(BLOCK, size=(1, 1), location=False, reshaped=False).block)
    assert found is not None
    assert (sorted(found[1]), sorted(found[2]), found[3]) == ([0x0110, 0x013B, 0x8769], [0x9003], {})
