"""onsight.image.metadata and what Enhance writes of it, read by readers that are not ours."""

from __future__ import annotations

import io
import warnings
from typing import Any, Literal

import pytest
from PIL import Image, ImageCms

from onsight.core.flow import drive
from onsight.image import xmp as ns
from onsight.image.blocks import exif_blocks, iptc_records, xmp_packets
from onsight.image.containers import without_exif
from onsight.image.iptc import iptc_segment
from onsight.image.metadata import carry_over
from onsight.image.xmp import properties
from onsight.tools.enhance.options import METADATA, EnhanceOptions
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.task import enhance
from tests.pictures import encode, photo, stored_for
from tests.without_networks import no_network, no_upscaler

GPS = {1: "N", 2: (47.0, 22.0, 0.0), 3: "E", 4: (8.0, 33.0, 0.0)}
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
    'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
    'xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'exif:GPSLatitude="47,22N" exif:GPSLongitude="8,33E" photoshop:City="Zürich" tiff:Orientation="6" '
    'xmp:Rating="5" GCamera:MotionPhoto="1">'
    "<dc:subject><rdf:Bag><rdf:li>lake &amp; sky</rdf:li></rdf:Bag></dc:subject>"
    '<ext:LocationCreated rdf:parseType="Resource"><ext:City>Zürich</ext:City></ext:LocationCreated>'
    "<xmp:Thumbnails><rdf:Alt><rdf:li>AAAA</rdf:li></rdf:Alt></xmp:Thumbnails>"
    '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:Name>Ann</mwg-rs:Name></mwg-rs:Regions>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
).encode()
AUTHOR = b"\x1c\x02\x50\x00\x03Ann"
IPTC = b"\x1c\x02\x19\x00\x04lake" + b"\x1c\x02\x5a\x00\x07Z\xc3\xbcrich" + AUTHOR + b"\x1c\x02\x78\x00\x03sky"


def camera_file(format: str = "JPEG", orientation: int = 6) -> bytes:
    """Return what a phone writes: EXIF with a place, maker's notes and a thumbnail, XMP, IPTC, a colour profile."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F], tags[0x0110], tags[0x013B] = "Maker", "Model X", "Ann"
    tags[0x8769] = {
        0x9003: "2024:07:14 18:03:22", 0x829D: 1.8, 0x927C: b"secret notes with a place", 0x9214: (10, 10, 4, 4),
        0xA002: 80, 0xA003: 120, 0xA001: 65535, 0x9286: b"ASCII\0\0\0hello",
    }  # fmt: skip
    tags[0x8825] = GPS
    exif = tags.tobytes()
    if format == "JPEG":
        exif = with_thumbnail(exif)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more = {"extra": iptc_segment(IPTC)} if format == "JPEG" else {}
    return encode(stored_for(photo(120, 80), orientation), format, exif=exif, xmp=XMP, icc_profile=profile, **more)


def with_thumbnail(exif: bytes) -> bytes:
    """Return EXIF data with a second directory, that of the thumbnail."""
    thumbnail = encode(photo(16, 12), "JPEG")
    tiff = bytearray(exif.removeprefix(b"Exif\0\0"))
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order)
    link = first + 2 + 12 * int.from_bytes(tiff[first : first + 2], order)
    directory, entries = len(tiff), ((0x0103, 3, 6), (0x0201, 4, len(tiff) + 42), (0x0202, 4, len(thumbnail)))
    tiff[link : link + 4] = directory.to_bytes(4, order)
    tiff += len(entries).to_bytes(2, order)
    for tag, kind, value in entries:
        field = value.to_bytes(2, order) + bytes(2) if kind == 3 else value.to_bytes(4, order)
        tiff += tag.to_bytes(2, order) + kind.to_bytes(2, order) + (1).to_bytes(4, order) + field
    tiff += bytes(4)
    return b"Exif\0\0" + bytes(tiff) + thumbnail


def enhanced(data: bytes, **options: Any) -> bytes:
    return drive(enhance(data, EnhanceOptions(**options), no_upscaler), no_network).data


def by_exifread(data: bytes) -> dict[str, str]:
    exifread = pytest.importorskip("exifread")
    if (
        data[:4] == b"RIFF"
    ):  # of a WebP it reads only what has a JPEG's header before it, which the format does not ask for
        data = next(exif_blocks(data), b"")
        if not data:
            return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: str(value) for name, value in exifread.process_file(io.BytesIO(data)).items()}


def test_the_other_reader_sees_what_the_camera_wrote() -> None:
    tags = by_exifread(camera_file())
    assert {"GPS GPSLatitude", "Thumbnail JPEGInterchangeFormat", "EXIF MakerNote"} <= set(tags)
    assert "Rotated 90 CW" in tags["Image Orientation"]


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("metadata", METADATA)
def test_what_a_new_file_says(format: str, metadata: str) -> None:
    data = enhanced(camera_file(), metadata=metadata, format=format)
    tags = by_exifread(data)
    assert not any(name.startswith("Thumbnail") for name in tags)
    assert ("EXIF MakerNote" in tags) == (metadata == "keep")
    if metadata == "none":
        assert tags == {}
        assert not any(sign in data for sign in (b"GPS", b"xmpmeta", b"Maker", b"8BIM", b"ICC_PROFILE"))
        return
    assert tags["Image Orientation"] == "Horizontal (normal)"
    assert (tags["Image Make"], tags["Image Artist"]) == ("Maker", "Ann")
    assert tags["EXIF DateTimeOriginal"] == "2024:07:14 18:03:22"
    assert (tags["EXIF ExifImageWidth"], tags["EXIF ExifImageLength"]) == ("120", "80")
    assert tags["EXIF ColorSpace"] == "sRGB"
    assert any(name.startswith("GPS ") for name in tags) == (metadata == "keep")
    if metadata == "keep":
        assert tags["GPS GPSLatitude"] == "[47, 22, 0]"


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("source", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_place_goes_from_everywhere_and_the_rest_stays(format: str, source: str) -> None:
    if source in ("PNG", "TIFF"):
        first = enhanced(camera_file(), format="png")
        if source == "TIFF":
            with Image.open(io.BytesIO(first)) as image:
                tags = image.getexif()
                tags[700] = XMP
                first = encode(image.convert("RGB"), "TIFF", exif=tags)
    else:
        first = camera_file(source)
    for metadata, place in (("keep", True), ("no-location", False)):
        data = enhanced(first, metadata=metadata, format=format)
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert image.size == (120, 80)
            assert bool(image.getexif().get_ifd(0x8825)) == place
            assert image.getexif()[0x0110] == "Model X"
        (packet,) = xmp_packets(data)
        # Keywords and names are a person's words: any of them may be that of a place.
        assert (b"lake &amp; sky" in packet) == place
        assert (b"mwg-rs:Name" in packet) == place
        assert properties(packet)[ns.XMP, "Rating"] == ("5",)
        assert not any(stale in packet for stale in (b"Orientation", b"Thumbnails", b"MotionPhoto"))
        assert (b"GPSLatitude=" in packet) == place
        assert ("Zürich".encode() in packet) == place


def test_iptc_of_a_jpeg() -> None:
    kept, placeless = (enhanced(camera_file(), metadata=metadata) for metadata in ("keep", "no-location"))
    assert b"".join(iptc_records(kept)) == IPTC
    assert b"".join(iptc_records(placeless)) == AUTHOR


def test_what_points_into_the_picture_goes_when_its_shape_changes() -> None:
    data = enhanced(camera_file(), settings=EnhanceSettings(crop=(0, 0, 0.5, 0.5)))
    (packet,) = xmp_packets(data)
    assert b"mwg-rs:Name" not in packet
    with Image.open(io.BytesIO(data)) as image:
        camera = image.getexif().get_ifd(0x8769)
    assert 0x9214 not in camera
    assert (camera[0xA002], camera[0xA003]) == (60, 40)


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><broken></x:xmpmeta>",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x:xmpmeta xmlns:x='adobe:ns:meta/'>&a;</x:xmpmeta>",
        b"\xff\xfe nonsense",
        b"",
    ],
)
def test_damaged_packets_count_as_none(packet: bytes) -> None:
    data = encode(photo(), "JPEG", xmp=packet) if packet else encode(photo(), "JPEG")
    assert carry_over(data, size=(1, 1), location=False, reshaped=False).xmp == b""


def test_damaged_exif_is_no_reason_to_fail() -> None:
    whole = camera_file()
    start = whole.index(b"Exif\0\0") + 6
    for offset in range(0, 400, 7):
        damaged = bytearray(whole)
        damaged[start + offset : start + offset + 3] = b"\xff\xff\xff"
        data = enhanced(bytes(damaged), metadata="no-location", settings=EnhanceSettings(max_side=16))
        with Image.open(io.BytesIO(data)) as image:
            assert max(image.size) == 16
            assert not image.getexif().get_ifd(0x8825)


def test_exif_that_breaks_the_decoder_can_be_left_out() -> None:
    """Whatever the decoder makes of it where numbers are small: without it the picture is the same."""
    data = camera_file(orientation=1)
    bare = without_exif(data)
    assert bare is not None
    assert b"Exif" not in bare
    assert without_exif(bare) is None
    with Image.open(io.BytesIO(bare)) as image, Image.open(io.BytesIO(data)) as whole:
        assert image.size == (120, 80)
        assert image.tobytes() == whole.tobytes()
