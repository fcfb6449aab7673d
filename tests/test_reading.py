"""What files and sidecars say about a picture: keywords, ratings, titles, descriptions, dates."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.image.blocks import EXIF_HEADER
from onsight.image.iptc import iptc_segment
from onsight.image.png_text import XMP_HEADER
from onsight.metadata.dates import choose
from onsight.metadata.reading import MAX_DESCRIPTION, MAX_KEYWORDS, read_sidecar, read_stated, read_takeout
from onsight.metadata.stated import NOTHING, DateCandidate, Stated
from tests.containers import Entry, ascii_entry, tiff_block
from tests.pictures import png, png_chunk
from tests.stated_samples import bag, dataset, jpeg, segment, windows_text, with_exif, with_iptc, xmp


@pytest.mark.parametrize(
    ("packet", "keywords"),
    [
        (xmp(bag("dc:subject", "Grandma", "Picnic")), ("Grandma", "Picnic")),
        (xmp(bag("dc:subject", "Oma", kind="Seq")), ("Oma",)),
        (xmp(bag("lr:hierarchicalSubject", "People|Family|Grandma")), ("People", "Family", "Grandma")),
        (xmp(bag("dc:subject", "Grandma") + bag("lr:hierarchicalSubject", "People|grandma")), ("Grandma", "People")),
        (xmp(bag("digiKam:TagsList", "Places/Łódź", "_Digikam_Internal_Tags_/Color Label None")), ("Places", "Łódź")),
        (xmp(bag("lr:hierarchicalSubject", "darktable|exported", "Dog")), ("Dog",)),
        (xmp(bag("dc:subject", "AC/DC", "Hi-Fi") + bag("digiKam:TagsList", "AC-DC", "Hi-Fi")), ("AC/DC", "Hi-Fi")),
        (
            xmp(bag("lr:hierarchicalSubject", "Music|AC/DC") + bag("digiKam:TagsList", "Music/AC-DC")),
            ("Music", "AC/DC"),
        ),
        (xmp(bag("dc:subject", "A|B") + bag("lr:hierarchicalSubject", "A-B")), ("A|B",)),
        (xmp(bag("dc:subject", "AC/DC", "AC-DC") + bag("digiKam:TagsList", "AC-DC")), ("AC/DC", "AC-DC")),
        (xmp(bag("MicrosoftPhoto:LastKeywordXMP", "Places/Paris")), ("Places", "Paris")),
        (xmp(bag("MicrosoftPhoto0:LastKeywordXMP", "Paris")), ("Paris",)),
        (xmp(bag("mediapro:CatalogSets", "Trips|Rome")), ("Trips", "Rome")),
        (xmp("<pdf:Keywords>sea; sand, sun</pdf:Keywords>"), ("sea", "sand", "sun")),
        (xmp("", 'dc:subject="Grandma"'), ("Grandma",)),
        (
            xmp(
                '<kw:Keywords rdf:parseType="Resource"><kw:Hierarchy><rdf:Bag><rdf:li rdf:parseType="Resource">'
                "<kw:Keyword>Animal</kw:Keyword><kw:Children><rdf:Bag><rdf:li><rdf:Description kw:Keyword='Dog'/>"
                "</rdf:li></rdf:Bag></kw:Children></rdf:li></rdf:Bag></kw:Hierarchy></kw:Keywords>"
            ),
            ("Animal", "Dog"),
        ),
        # "beach, sunset" in one item, as some programs write it; a tag has no comma.
        (xmp(bag("dc:subject", "beach, sunset")), ("beach", "sunset")),
        (xmp(bag("dc:subject", "  wide \t\n open  ", "", "-", "AC; DC", "🐶")), ("wide open", "AC; DC", "🐶")),
        (xmp(bag("dc:subject", "Zoe\u0308", "evil\u202eliam", "夜景")), ("Zoë", "evilliam", "夜景")),
        (xmp(bag("dc:subject", "x" * 101, "y" * 100)), ("y" * 100,)),
    ],
)
def test_keywords_of_xmp_in_every_form(packet: bytes, keywords: tuple[str, ...]) -> None:
    assert read_sidecar(packet).keywords == keywords
    assert read_stated(jpeg(segment(0xE1, XMP_HEADER + packet))).keywords == keywords


@pytest.mark.parametrize(
    ("value", "keyword"),
    [
        (b"Grandma", "Grandma"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        ("Café – bar".encode("cp1252"), "Café – bar"),
        (("Ж" * 40).encode()[:63], "Ж" * 31),  # 64 bytes were the limit; half a character is left
        (b"Grandma\0\0", "Grandma"),
    ],
)
@pytest.mark.parametrize("declared", [b"", dataset(90, b"\x1b%G", record=1)])
def test_iptc_keywords_in_whatever_encoding_the_file_claims(value: bytes, keyword: str, declared: bytes) -> None:
    assert read_stated(with_iptc(declared, dataset(25, value), dataset(25, b"Dog"))).keywords == (keyword, "Dog")


def test_windows_keywords_title_and_comment() -> None:
    entries = [windows_text(0x9C9E, "sea;sand; sun"), windows_text(0x9C9B, "Été 夏"), windows_text(0x9C9C, "So nice")]
    for order in "<>":
        assert read_stated(with_exif(entries, order=order)) == Stated(
            (), ("sea", "sand", "sun"), None, "Été 夏", "So nice"
        )


def test_keywords_of_all_blocks_come_together_each_once() -> None:
    packet = xmp(bag("dc:subject", "Dog", "sea"))
    data = jpeg(
        segment(0xE1, EXIF_HEADER + tiff_block(">", (0, [windows_text(0x9C9E, "SEA;sun")]))),
        segment(0xE1, XMP_HEADER + packet),
        iptc_segment(dataset(25, b"dog") + dataset(25, b"Grandma")),
    )
    assert read_stated(data).keywords == ("Dog", "sea", "Grandma", "sun")


@pytest.mark.parametrize(
    ("data", "rating"),
    [
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'xap:Rating="4"'))), 4),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("<xap:Rating>3.0</xap:Rating>"))), 3),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'xap:Rating="-1"'))), -1),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'xap:Rating="0"'))), 0),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'xap:Rating="99"'))), None),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'xap:Rating="many"'))), None),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'MicrosoftPhoto:Rating="75"'))), 4),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'MicrosoftPhoto:Rating="99" xap:Rating="2"'))), 2),
        (jpeg(segment(0xE1, XMP_HEADER + xmp("", 'acdsee:rating="5"'))), 5),
        (with_exif([(0x4746, 3, 1, struct.pack(">H", 5))]), 5),
        (with_exif([(0x4749, 3, 1, struct.pack(">H", 25))]), 2),
        (with_exif([(0x4746, 3, 1, struct.pack(">H", 700))]), None),
        (with_exif([(0x4746, 2, 2, b"4\0")]), None),
    ],
)
def test_ratings(data: bytes, rating: int | None) -> None:
    assert read_stated(data).rating == rating


def test_texts_of_xmp_go_before_iptc_and_exif_and_have_the_default_language() -> None:
    title = '<rdf:li xml:lang="de">Strand</rdf:li><rdf:li xml:lang="x-default">Beach</rdf:li>'
    packet = xmp(f"<dc:title><rdf:Alt>{title}</rdf:Alt></dc:title>")
    iptc = iptc_segment(dataset(5, b"From IPTC") + dataset(120, "Größe".encode("latin-1")))
    exif = segment(0xE1, EXIF_HEADER + tiff_block(">", (0, [ascii_entry(0x010E, "From EXIF")])))
    assert read_stated(jpeg(exif, segment(0xE1, XMP_HEADER + packet), iptc)) == Stated((), (), None, "Beach", "Größe")
    assert read_stated(jpeg(exif)).description == "From EXIF"


@pytest.mark.parametrize(
    "text",
    ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "DCIM\\100GOPRO", "Exif_JPEG_PICTURE", "          ", "cof", "rhdr",
     '{"oldMode":1}', "default"],
)  # fmt: skip
def test_what_cameras_write_where_a_description_belongs_is_none(text: str) -> None:
    assert read_stated(with_exif([ascii_entry(0x010E, text)])).description is None


@pytest.mark.parametrize(
    ("value", "order", "text"),
    [
        (b"ASCII\0\0\0Grandma's garden\0\0", ">", "Grandma's garden"),
        (b"UNICODE\0" + "Grüße 夏".encode("utf-16-be"), ">", "Grüße 夏"),
        (b"UNICODE\0" + "Grüße 夏".encode("utf-16-le"), "<", "Grüße 夏"),
        (b"UNICODE\0" + "in the other order".encode("utf-16-le"), ">", "in the other order"),
        (b"\0\0\0\0\0\0\0\0" + "Grüße".encode(), ">", "Grüße"),
        (b"JIS\0\0\0\0\0" + "夏の海".encode("iso2022_jp"), ">", "夏の海"),
        (b"ASCII\0\0\0" + bytes(100), ">", None),
    ],
)
def test_a_user_comment_in_every_encoding(value: bytes, order: str, text: str | None) -> None:
    assert read_stated(with_exif([], [(0x9286, 7, len(value), value)], order=order)).description == text


def test_absurd_metadata_is_bounded() -> None:
    packet = xmp(
        bag("dc:subject", *(f"word {number}" for number in range(20_000)))
        + f"<dc:description>{'long ' * 250_000}</dc:description><dc:title>\x09a&#x0A;b</dc:title>"
    )
    stated = read_sidecar(packet)
    assert len(stated.keywords) == MAX_KEYWORDS
    assert len(stated.description or "") == MAX_DESCRIPTION - 1  # a space at the end is cut off
    assert stated.title == "a\nb"


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"<x", b"\x89PNG\r\n\x1a\n", xmp()[:-20], b"\0" * 999])
def test_damaged_data_says_nothing(data: bytes) -> None:
    assert read_stated(data) == NOTHING
    assert read_sidecar(data) == NOTHING
    assert read_takeout(data) == NOTHING


@given(st.data())
def test_damage_anywhere_raises_nothing(data: st.DataObject) -> None:
    exif = tiff_block(">", (0, [windows_text(0x9C9E, "a;b"), (0x4746, 3, 1, b"\0\4")]), (0x8769, [
        ascii_entry(0x9003, "2020:07:14 12:34:56"), (0x9286, 7, 12, b"UNICODE\0\0a\0b"),
    ]), (0x8825, [ascii_entry(29, "2020:07:14"), (7, 5, 3, struct.pack(">6I", 1, 1, 2, 1, 3, 1))]))  # fmt: skip
    whole = jpeg(
        segment(0xE1, EXIF_HEADER + exif),
        segment(0xE1, XMP_HEADER + xmp(bag("dc:subject", "a", "b"), 'xap:Rating="4"')),
        iptc_segment(dataset(25, b"c") + dataset(55, b"20200714") + dataset(60, b"123456")),
    )
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(2, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    read_stated(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    read_sidecar(bytes(damaged))
    read_takeout(bytes(damaged))


def test_a_document_type_is_refused() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "Grandma">]>' + xmp(bag("dc:subject", "&a;"))
    assert read_sidecar(evil) == NOTHING


def _taken(data: bytes) -> tuple[str, str] | None:
    found = choose(read_stated(data).dates)
    return None if found is None else (found.source, found.value)


def test_dates_of_exif() -> None:
    original, digitized = ascii_entry(0x9003, "2020:07:14 12:34:56"), ascii_entry(0x9004, "2021:01:02 03:04:05")
    modified = ascii_entry(0x0132, "2023:03:03 03:03:03")
    zeros, blanks = ascii_entry(0x9003, "0000:00:00 00:00:00"), ascii_entry(0x9003, "    :  :     :  :  ")
    assert _taken(with_exif([modified], [original, digitized])) == ("exif", "2020-07-14T12:34:56")
    assert _taken(with_exif([modified], [zeros, digitized])) == ("exif-digitized", "2021-01-02T03:04:05")
    assert _taken(with_exif([modified], [blanks, digitized])) == ("exif-digitized", "2021-01-02T03:04:05")
    assert _taken(with_exif([modified])) is None
    assert _taken(with_exif([modified], [blanks])) is None
    # Written by scanners into the main directory.
    assert _taken(with_exif([original])) == ("exif", "2020-07-14T12:34:56")


def test_the_date_of_gps_is_in_utc() -> None:
    day = ascii_entry(29, "2020:07:14")
    clock: Entry = (7, 5, 3, struct.pack(">6I", 23, 1, 34, 1, 5678, 100))
    broken: Entry = (7, 5, 3, struct.pack(">6I", 23, 1, 34, 0, 56, 1))
    assert _taken(with_exif([], [], [day, clock])) == ("gps", "2020-07-14T23:34:56")
    assert _taken(with_exif([], [], [day, broken])) == ("gps", "2020-07-14")
    assert _taken(with_exif([], [], [clock])) is None


@pytest.mark.parametrize(
    ("attributes", "taken"),
    [
        ('exif:DateTimeOriginal="2020-07-14T12:34:56.00+02:00"', ("xmp", "2020-07-14T12:34:56")),
        ('photoshop:DateCreated="1985-07-04" xap:CreateDate="2022-01-01T10:00:00"', ("xmp", "1985-07-04")),
        ('xap:CreateDate="2022-01-01T10:00:00Z"', ("xmp-digitized", "2022-01-01T10:00:00")),
        ('exif:DateTimeDigitized="2022-01-01"', ("xmp-digitized", "2022-01-01")),
        ('photoshop:DateCreated="2019"', ("xmp", "2019")),
        ('photoshop:DateCreated="2019-07"', ("xmp", "2019-07")),
        ('photoshop:DateCreated="soon" xap:CreateDate="2022"', ("xmp-digitized", "2022")),
        ('xap:ModifyDate="2022-01-01T10:00:00Z" xap:MetadataDate="2022-01-01"', None),
    ],
)
def test_dates_of_xmp(attributes: str, taken: tuple[str, str] | None) -> None:
    packet = xmp("", attributes)
    assert _taken(jpeg(segment(0xE1, XMP_HEADER + packet))) == taken
    beside = choose(read_sidecar(packet).dates)
    assert (beside and (beside.source, beside.value)) == (taken and (taken[0].replace("xmp", "sidecar"), taken[1]))


def test_dates_of_iptc() -> None:
    assert _taken(with_iptc(dataset(55, b"20200714"), dataset(60, b"123456+0200"))) == ("iptc", "2020-07-14T12:34:56")
    assert _taken(with_iptc(dataset(55, b"20190000"))) == ("iptc", "2019")
    assert _taken(with_iptc(dataset(62, b"20200714"))) == ("iptc-digitized", "2020-07-14")


def test_a_png_says_when_the_picture_was_made_and_when_the_file_was_which_is_no_date() -> None:
    def made(*chunks: bytes) -> bytes:
        return png(1, 1, 8, 0, b"\0", before_data=b"".join(chunks))

    text = png_chunk(b"tEXt", b"Creation Time\0Tue, 14 Jul 2020 12:34:56 +0200")
    assert _taken(made(text)) == ("png", "2020-07-14T12:34:56")
    file_times = (
        png_chunk(b"tIME", struct.pack(">H5B", 2020, 7, 14, 12, 34, 56)),
        png_chunk(b"tEXt", b"date:create\x002020-07-14T12:34:56+00:00"),
    )
    assert _taken(made(*file_times)) is None
    described = made(
        png_chunk(b"tEXt", b"Title\0Das H\xe4uschen"), png_chunk(b"iTXt", b"Description\0\0\0\0\0So sch\xc3\xb6n")
    )
    assert read_stated(described) == Stated((), (), None, "Das Häuschen", "So schön")


def test_takeout_says_when_a_picture_was_taken_and_what_a_person_wrote_of_it() -> None:
    document = {
        "title": "IMG_1.jpg",
        "description": "At the lake",
        "creationTime": {"timestamp": "1700000000"},
        "photoTakenTime": {"timestamp": "1594730096", "formatted": "14.07.2020, 12:34:56 UTC"},
    }
    assert read_takeout(json.dumps(document).encode()) == Stated(
        (DateCandidate("2020-07-14T12:34:56", "takeout"),), description="At the lake"
    )
    other: object
    for other in ({"title": "IMG_1.jpg"}, {"photoTakenTime": "soon"}, {"photoTakenTime": {"timestamp": "0"}}, [], 5):
        assert read_takeout(json.dumps(other).encode()) == NOTHING
