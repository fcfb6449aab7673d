"""What Enhance keeps of a file's metadata, in every container: compared byte by byte, and read by ExifTool."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from onsight.core.flow import drive
from onsight.core.results import OutputFile
from onsight.image.blocks import comments, exif_blocks, iptc_records, resolution, xmp_packets
from onsight.image.exif import copied
from onsight.image.iptc import iptc_resource, iptc_segment
from onsight.image.metadata import carry_over
from onsight.image.parts import jpeg_segments, png_chunks, riff_chunks
from onsight.image.png_text import XMP_HEADER, png_texts
from onsight.image.tiff import exif_directories
from onsight.image.writing import as_original, with_metadata
from onsight.image.xmp import DC, RDF, properties
from onsight.tools.enhance.options import METADATA, EnhanceOptions
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.task import enhance
from tests import exiftool
from tests.containers import PACKET, ascii_entry, avif_with, exif_block, jp2_with, psd_with, raw_profile, tiff_block
from tests.pictures import AVIF, encode, photo, png, png_chunk, rgb_profile

RIGHT = ("jpeg", "png", "webp")
IPTC = b"\x1c\x02\x19\x00\x04lake" + b"\x1c\x02\x5a\x00\x04Graz" + b"\x1c\x02\x50\x00\x03Ann"
MAKER_NOTE = b"Nobody\0\x01" + bytes(range(200))


def made(data: bytes, **options: Any) -> OutputFile:
    def nothing() -> Any:
        raise AssertionError("No network is needed here.")

    return drive(enhance(data, EnhanceOptions(**options), nothing), lambda _: nothing())


def told(data: bytes, folder: Path, *fields: str) -> dict[str, Any]:
    path = folder / "picture"
    path.write_bytes(data)
    return exiftool.read(path, "-a", "-G1", "-struct", "-n", *fields)


def rich_block(order: str) -> bytes:
    """Return EXIF data of every type, with texts in UTF-8 and Latin-1, unknown tags and divisions by zero."""
    comment = b"UNICODE\0" + "Grüße 日本".encode("utf-16-le" if order == "<" else "utf-16-be")
    pack = struct.pack
    main = [
        ascii_entry(0x010E, "Žluťoučký kůň"), ascii_entry(0x013B, "山田太郎"), (0x8298, 2, 8, b"Zo\xeb M\xfcl\0"),
        (0x0112, 3, 1, pack(order + "H", 1)), (0x011A, 5, 1, pack(order + "II", 300, 1)),
        (0x011B, 5, 1, pack(order + "II", 300, 1)), (0x0128, 3, 1, pack(order + "H", 2)),
        (0x4746, 3, 1, pack(order + "H", 4)), (0x9C9B, 1, 12, "Título".encode("utf-16-le")),
        (0xEAAA, 7, 5, b"\xff\0\x01ab"), (0xEAAB, 6, 3, b"\x80\x7f\0"), (0xEAAC, 9, 2, pack(order + "ii", -1, 2)),
        (0xEAAD, 10, 1, pack(order + "ii", -1, 0)), (0xEAAE, 12, 1, pack(order + "d", -0.5)),
        ascii_entry(0xC614, "Model X"),
        (0xC6D2, 7, 6, b"Title\0"), (0xEAAF, 8, 1, pack(order + "h", -3)), (0xEAB0, 11, 1, pack(order + "f", 0.25)),
    ]  # fmt: skip
    camera = [
        (0x829A, 5, 1, pack(order + "II", 1, 4000)), (0x829D, 5, 1, pack(order + "II", 0, 0)),
        (0x9000, 7, 4, b"0232"), ascii_entry(0x9003, "2024:05:06 07:08:09"), ascii_entry(0x9011, "+02:00"),
        (0x9204, 10, 1, pack(order + "ii", -33, 100)), (0x9286, 7, len(comment), comment),
        (0xA001, 3, 1, pack(order + "H", 65535)), (0xA432, 5, 4, pack(order + "8I", 24, 1, 70, 1, 28, 10, 0, 0)),
    ]  # fmt: skip
    place = [(0, 1, 4, b"\2\3\0\0"), ascii_entry(1, "N"), (2, 5, 3, pack(order + "6I", 48, 1, 12, 1, 0, 0))]
    return tiff_block(order, (0, main), (0x8769, camera), (0x8825, place))


def entries(data: bytes) -> dict[tuple[int, int], tuple[int, int, bytes]]:
    found = exif_directories(next(exif_blocks(data)))
    assert found is not None
    return {
        (index, entry.tag): (entry.type, entry.count, entry.value)
        for index, directory in enumerate(found[1:])
        for entry in directory.values()
        if entry.tag not in (0x8769, 0x8825, 0xA001)
    }


@pytest.mark.parametrize("format", RIGHT)
@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_entries_are_the_same_bytes_and_types(order: str, format: str) -> None:
    block = rich_block(order)
    source = encode(photo(), "JPEG", exif=b"Exif\0\0" + block)
    data = made(source, format=format).data
    assert entries(data) == entries(source)
    assert next(exif_blocks(data))[:2] == block[:2]


@pytest.mark.parametrize("format", RIGHT)
def test_exiftool_reads_the_same_exif(format: str, tmp_path: Path) -> None:
    source = encode(photo(), "JPEG", exif=b"Exif\0\0" + rich_block(">"))
    before, after = (
        told(data, tmp_path, "-EXIF:all", "-charset", "EXIF=UTF8")
        for data in (source, made(source, format=format).data)
    )
    assert before.pop("ExifIFD:ColorSpace") == 65535
    assert after.pop("ExifIFD:ColorSpace") == 1
    assert after == before
    assert after["IFD0:Artist"] == "山田太郎"
    assert after["ExifIFD:UserComment"] == "Grüße 日本"


def with_notes(block_order: str = ">") -> bytes:
    camera = [(0x9000, 7, 4, b"0232"), (0x927C, 7, len(MAKER_NOTE), MAKER_NOTE)]
    block = tiff_block(block_order, (0, [ascii_entry(0x010F, "Nobody")]), (0x8769, camera))
    return encode(photo(), "JPEG", exif=b"Exif\0\0" + block)


def test_maker_notes_stay_at_their_offset() -> None:
    source = with_notes()
    file = made(source)
    assert next(exif_blocks(file.data)).index(MAKER_NOTE) == next(exif_blocks(source)).index(MAKER_NOTE)
    assert file.notes == ()


def test_maker_notes_go_with_the_picture_that_they_show() -> None:
    file = made(with_notes(), settings=EnhanceSettings(crop=(0, 0, 0.5, 0.5)))
    assert MAKER_NOTE not in file.data
    assert file.notes == ("Left out: the camera maker's own notes.",)


def test_maker_notes_far_behind_are_left_out_of_a_block_that_would_grow() -> None:
    block = tiff_block(">", (0, [(0xEAAA, 7, 70_000, bytes(70_000))]), (0x8769, [(0x927C, 7, 208, MAKER_NOTE)]))
    copy = copied(block, size=(1, 1), location=True, reshaped=False)
    assert copy.lost_maker_notes
    assert MAKER_NOTE not in copy.block


SOURCES = {
    "JPEG": encode(photo(), "JPEG", exif=b"Exif\0\0" + exif_block(), xmp=PACKET, extra=iptc_segment(IPTC)),
    "PNG": encode(photo(), "PNG", exif=exif_block()),
    "PNG with raw profiles": png(
        4, 4, 8, 2, bytes(48),
        before_data=raw_profile("exif", b"Exif\0\0" + exif_block()) + raw_profile("xmp", PACKET),
        after_data=raw_profile("iptc", iptc_resource(IPTC)),
    ),
    "PNG with XMP at its end": png(
        4, 4, 8, 2, bytes(48),
        before_data=png_chunk(b"eXIf", exif_block()),
        after_data=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET),
    ),
    "WebP": encode(photo(), "WEBP", exif=exif_block(), xmp=PACKET),
    "AVIF": avif_with(exif_block(), PACKET),
    "AVIF with items in idat": avif_with(b"Exif\0\0" + exif_block("<"), PACKET, in_idat=True, offset=6),
    "JPEG 2000": jp2_with(exif_block(), PACKET, IPTC),
    "PSD": psd_with(exif_block(), PACKET, IPTC),
}  # fmt: skip


@pytest.mark.parametrize("format", RIGHT)
@pytest.mark.parametrize("name", SOURCES)
def test_every_container_hands_its_blocks_on(name: str, format: str, tmp_path: Path) -> None:
    source = SOURCES[name]
    file = made(source, format=format)
    read = told(file.data, tmp_path, "-EXIF:all", "-XMP:all", "-IPTC:all")
    assert read["IFD0:Copyright"] == "© Zoë"
    assert read["GPS:GPSLatitude"] == 48.2
    assert read["ExifIFD:DateTimeOriginal"] == "2024:05:06 07:08:09"
    assert (read.get("XMP-dc:Subject") == ["Grandma"]) == (next(xmp_packets(source), None) is not None)
    assert list(xmp_packets(file.data)) == list(xmp_packets(source))
    if format != "webp":
        assert list(iptc_records(file.data)) == list(iptc_records(source))
        assert file.notes == ()
    elif list(iptc_records(source)):
        assert file.notes == ("Left out: IPTC records, which a WebP cannot hold.",)


@pytest.mark.parametrize(
    "packet",
    [
        PACKET,
        b'<x:xapmeta xmlns:x="adobe:ns:meta/">' + PACKET + b"</x:xapmeta>",
        b'<m:xmpmeta xmlns:m="adobe:ns:meta/"><!-- x:xmpmeta --><?p i?>' + PACKET.replace(b"rdf:", b"r:").replace(
            b"xmlns:rdf", b"xmlns:r") + b"</m:xmpmeta>",
        b'\xef\xbb\xbf<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>' + PACKET
        + b' <?xpacket end="r"?>',
    ],
)  # fmt: skip
@pytest.mark.parametrize("format", RIGHT)
def test_xmp_stays_as_it_is_written(packet: bytes, format: str, tmp_path: Path) -> None:
    data = made(encode(photo(), "JPEG", xmp=packet), format=format).data
    assert list(xmp_packets(data)) == [packet.removeprefix(b"\xef\xbb\xbf")]
    assert told(data, tmp_path, "-XMP:all")["XMP-dc:Subject"] == ["Grandma"]


def test_xmp_in_utf_16_becomes_utf_8(tmp_path: Path) -> None:
    packet = ('<?xml version="1.0" encoding="UTF-16"?>' + PACKET.decode()).encode("utf-16")
    data = made(encode(photo(), "JPEG", xmp=packet)).data
    assert told(data, tmp_path, "-XMP:all")["XMP-dc:Subject"] == ["Grandma"]


def test_only_what_contradicts_the_new_pixels_is_cut_out_of_xmp() -> None:
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><!-- mine -->'
        '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:my="http://example.org/" '
        "my:Orientation='left'{0}><my:Compression>none</my:Compression>{1}<my:b/></rdf:Description></rdf:RDF>"
    )
    source = text.format(' tiff:Orientation="1"', "<tiff:ImageWidth>9</tiff:ImageWidth>").encode()
    assert list(xmp_packets(made(encode(photo(), "JPEG", xmp=source)).data)) == [text.format("", "").encode()]


def test_properties_of_videos_and_other_pictures_go_and_those_of_the_camera_stay() -> None:
    camera = "http://ns.google.com/photos/1.0/camera/"
    packet = (
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:c="{camera}" '
        'xmlns:i="http://ns.google.com/photos/1.0/image/" xmlns:p="http://ns.google.com/photos/1.0/panorama/" '
        'c:MotionPhoto="1" c:MicroVideoOffset="9" c:BurstID="b" i:Data="AAAA" '
        'p:ProjectionType="equirectangular"/></rdf:RDF>'
    ).encode()
    source = encode(photo(), "JPEG", xmp=packet)
    panorama = "http://ns.google.com/photos/1.0/panorama/", "ProjectionType"
    kept, shrunk = (made(source, settings=EnhanceSettings(max_side=side)).data for side in (0, 40))
    assert set(properties(next(xmp_packets(kept)))) == {(camera, "BurstID"), panorama}
    assert set(properties(next(xmp_packets(shrunk)))) == {(camera, "BurstID")}


def long_packet(size: int) -> bytes:
    words = "x" * size
    return PACKET.replace(b"<dc:subject>", f"<dc:description>{words}</dc:description><dc:subject>".encode())


def test_xmp_larger_than_a_segment_is_divided_and_joined_again(tmp_path: Path) -> None:
    source = made(encode(photo(), "WEBP", xmp=long_packet(150_000)), format="jpeg")
    assert source.notes == ()
    main, extended = xmp_packets(source.data)
    assert properties(main)[DC, "subject"] == ("Grandma",)
    assert len(properties(extended)[DC, "description"][0]) == 150_000
    read = told(source.data, tmp_path, "-XMP:all", "-validate", "-warning")
    assert len(read["XMP-dc:Description"]) == 150_000
    for format in RIGHT:
        again = made(source.data, format=format)
        found = [properties(packet) for packet in xmp_packets(again.data)]
        assert len(found) == (2 if format == "jpeg" else 1)
        assert {name: len("".join(texts)) for one in found for name, texts in one.items() if name[0] == DC} == {
            (DC, "description"): 150_000, (DC, "subject"): 7,
        }  # fmt: skip


def test_what_a_jpeg_cannot_hold_is_named() -> None:
    block = tiff_block(">", (0, [(0xEAAA, 7, 70_000, bytes(70_000))]))
    attribute = PACKET.replace(b'rdf:about=""', b'rdf:about="" dc:source="' + b"x" * 70_000 + b'"')
    file = made(encode(photo(), "WEBP", exif=block, xmp=attribute), format="jpeg")
    assert file.notes == ("Left out: EXIF data larger than a JPEG can hold, XMP larger than a JPEG can hold.",)
    assert made(encode(photo(), "WEBP", exif=block, xmp=attribute), format="png").notes == ()
    assert made(encode(photo(), "JPEG", xmp=b"<broken")).notes == ("Left out: XMP that is damaged.",)
    nothing = encode(photo(), "JPEG", exif=b"Exif\0\0MM\0*\0\1\0\0")
    assert made(nothing).notes == ("Left out: EXIF data that is damaged.",)
    assert made(nothing, metadata="none").notes == ()


def png_with_texts() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a red house\nSteps: 20")
    info.add_text("Author", "Zoë")
    info.add_text("Packed", "long " * 40, zip=True)
    info.add_itxt("Title", "Das Häuschen 山", "de", "Titel")
    info.add_itxt("Comment", "Łódź", zip=True)
    return encode(photo(), "PNG", pnginfo=info, dpi=(300, 300))


def test_texts_of_a_png_are_the_same_chunks() -> None:
    source = png_with_texts()
    data = made(source).data
    for kind in (b"tEXt", b"zTXt", b"iTXt", b"pHYs"):
        before, after = (
            [one[part.body : part.body_end] for part in png_chunks(one) if part.kind == kind] for one in (source, data)
        )
        assert after == before
    assert len(list(png_texts(data))) == 5


def test_texts_of_a_png_in_other_formats(tmp_path: Path) -> None:
    file = made(png_with_texts(), format="jpeg")
    assert file.notes == ()
    read = told(file.data, tmp_path, "-charset", "UTF8")
    assert read["XMP-dc:Title"] == "Das Häuschen 山"
    assert read["XMP-dc:Creator"] == ["Zoë"]
    assert [one.decode() for one in comments(file.data)] == [
        "parameters: a red house\nSteps: 20",
        "Packed: " + "long " * 40,
        "Łódź",
    ]
    file = made(png_with_texts(), format="webp")
    assert file.notes == ("Left out: comments and texts, which a WebP cannot hold.",)
    assert told(file.data, tmp_path)["XMP-dc:Creator"] == ["Zoë"]


def test_comments_of_a_jpeg(tmp_path: Path) -> None:
    source = encode(photo(), "JPEG", comment="Häuschen, page 12".encode("latin-1"))
    assert list(comments(made(source).data)) == list(comments(source))
    assert [(one.keyword, one.text) for one in png_texts(made(source, format="png").data)] == [
        ("Comment", "Häuschen, page 12")
    ]
    assert made(source, format="webp").notes == ("Left out: comments and texts, which a WebP cannot hold.",)


@pytest.mark.parametrize("format", RIGHT)
@pytest.mark.parametrize("source", ["JPEG", "PNG", "TIFF", "BMP", "WEBP"])
def test_resolution_is_kept(source: str, format: str) -> None:
    options: dict[str, Any] = {"dpi": (300, 150)}
    if source == "WEBP":
        tags = Image.Exif()
        tags[0x011A], tags[0x011B], tags[0x0128] = 300.0, 150.0, 2
        options = {"exif": tags}
    found = resolution(made(encode(photo(), source, **options), format=format).data)
    assert found is not None
    assert (round(found.x), round(found.y)) == (300, 150)


def test_a_resolution_in_centimetres_stays_one() -> None:
    source = bytearray(encode(photo(), "JPEG"))
    at = source.index(b"JFIF\0") + 7
    source[at : at + 5] = b"\2\0\x76\0\x77"
    assert b"JFIF\0\1\1\2\0\x76\0\x77" in made(bytes(source)).data


@pytest.mark.parametrize("format", RIGHT)
@pytest.mark.parametrize("metadata", METADATA)
def test_no_file_has_a_colour_profile(metadata: str, format: str, tmp_path: Path) -> None:
    """The pixels are in sRGB by then: another profile would be wrong."""
    for source in ("JPEG", "PNG", "WEBP", "TIFF"):
        file = made(encode(photo(), source, icc_profile=rgb_profile()), metadata=metadata, format=format)
        assert not [name for name in told(file.data, tmp_path, "-ICC_Profile:all") if name.startswith("ICC")]


def test_records_that_are_none_are_named() -> None:
    block = tiff_block(">", (0, [ascii_entry(0x83BB, "no records at all")]))
    assert made(encode(photo(), "JPEG", exif=b"Exif\0\0" + block)).notes == (
        "Left out: IPTC records that are damaged.",
    )


def test_paths_of_photoshop_stay() -> None:
    mark = b"8BIM\x04\x0a\0\0\0\0\0\x01\x01\0"
    thumbnail = b"8BIM\x04\x0c\0\0\0\0\0\x04JPEG"
    body = b"Photoshop 3.0\0" + mark + thumbnail + iptc_resource(IPTC)
    source = encode(photo(), "JPEG", extra=b"\xff\xed" + struct.pack(">H", len(body) + 2) + body)
    data = made(source).data
    assert mark in data
    assert b"8BIM\x04\x0c" not in data
    assert list(iptc_records(data)) == [IPTC]


@pytest.mark.parametrize("name", [*SOURCES, "PNG with texts", "plain AVIF"])
def test_none_leaves_nothing_but_the_picture(name: str) -> None:
    source = {**SOURCES, "PNG with texts": png_with_texts(), "plain AVIF": AVIF}[name]
    jpeg, as_png, webp = (made(source, metadata="none", format=format).data for format in RIGHT)
    assert {part.kind[0] for part in jpeg_segments(jpeg)} <= {0xE0, 0xDB, 0xC0, 0xC4}
    assert {part.kind for part in png_chunks(as_png)} == {b"IHDR", b"IDAT", b"IEND"}
    assert {part.kind for part in riff_chunks(webp)} <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
    assert resolution(jpeg) is None
    assert json.dumps(made(source, metadata="none").notes) == "[]"


def test_what_a_browser_decoded_says_what_its_file_says(tmp_path: Path) -> None:
    """A HEIC, which Python cannot decode, comes as a PNG from the browser."""
    heic = avif_with(exif_block(), PACKET).replace(b"ftypavif", b"ftypheic", 1)
    data = made(as_original(encode(photo(), "PNG"), heic), format="jpeg").data
    read = told(data, tmp_path, "-EXIF:all", "-XMP:all")
    assert (read["GPS:GPSLatitude"], read["XMP-dc:Subject"]) == (48.2, ["Grandma"])


def test_segments_that_are_not_carried_over_are_named() -> None:
    def segment(number: int, body: bytes) -> bytes:
        return bytes([0xFF, 0xE0 + number]) + struct.pack(">H", len(body) + 2) + body

    more = segment(11, b"JP\0\1\0\0\0\1\0\0\0\x20jumb") + segment(12, b"Picture Info") + segment(2, b"MPF\0rest")
    assert made(encode(photo(), "JPEG", extra=more, icc_profile=rgb_profile())).notes == (
        "Left out: Content Credentials, which are true of the original alone, an APP12 segment.",
    )
    signed = png(4, 4, 8, 2, bytes(48), before_data=png_chunk(b"caBX", b"jumb"))
    assert made(signed).notes == ("Left out: Content Credentials, which are true of the original alone.",)


def test_packets_are_joined_not_doubled() -> None:
    second = (
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:q="http://q/" q:a="1"/></rdf:RDF>'.encode()
    )
    segment = b"\xff\xe1" + struct.pack(">H", len(XMP_HEADER + second) + 2) + XMP_HEADER + second
    (packet,) = xmp_packets(made(encode(photo(), "JPEG", xmp=PACKET, extra=segment)).data)
    found = properties(packet)
    assert (found["http://q/", "a"], found[DC, "subject"]) == (("1",), ("Grandma",))


ENCODED = {"jpeg": encode(photo(8, 8), "JPEG"), "png": encode(photo(8, 8), "PNG"), "webp": encode(photo(8, 8), "WEBP")}


@given(st.sampled_from(sorted(SOURCES)), st.sampled_from(RIGHT), st.booleans(), st.data())
def test_damaged_metadata_never_damages_the_new_file(
    name: str, format: str, location: bool, drawn: st.DataObject
) -> None:
    damaged = bytearray(SOURCES[name])
    for _ in range(drawn.draw(st.integers(1, 8))):
        at = drawn.draw(st.integers(0, min(len(damaged), 4000) - 1))
        damaged[at] = drawn.draw(st.sampled_from([0, 1, 4, 8, 0x7F, 0x80, 0xFF]))
    metadata = carry_over(bytes(damaged), size=(8, 8), location=location, reshaped=False)
    data, _ = with_metadata(ENCODED[format], format, metadata)
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (8, 8)
    again = carry_over(data, size=(8, 8), location=True, reshaped=False)
    assert again.xmp == metadata.xmp
    if format != "webp":  # it says the resolution in its EXIF data
        assert again.exif == metadata.exif
