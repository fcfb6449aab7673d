"""Details: everything that a file says, and copies that say nothing and look the same."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from onsight.core.flow import drive
from onsight.errors import ImageError, UnsupportedFormatError
from onsight.image import decode
from onsight.image.blocks import exif_blocks, iptc_records, xmp_packets
from onsight.image.iptc import iptc_segment
from onsight.image.metadata import Metadata
from onsight.image.writing import with_metadata
from onsight.tools.details.options import CleanOptions
from onsight.tools.details.reading import read_details, read_location
from onsight.tools.details.results import PictureDetails
from onsight.tools.details.stripping import strip
from onsight.tools.details.task import clean, read
from tests import exiftool
from tests.containers import PACKET, ascii_entry, exif_block, tiff_block
from tests.pictures import encode, photo, rgb_profile

IPTC = b"\x1c\x02\x19\x00\x04lake" + b"\x1c\x02\x5a\x00\x04Graz" + b"\x1c\x02\x50\x00\x03Ann"
FORMATS = ("JPEG", "PNG", "WebP")


def no_network(_: object) -> Any:
    raise AssertionError("No network is needed here.")


def details_of(data: bytes) -> PictureDetails:
    return drive(read(data), no_network)


def cleaned(data: bytes, name: str = "cat.jpg") -> bytes:
    return drive(clean(data, CleanOptions(name=name)), no_network).data


def saved(format: str, **options: Any) -> bytes:
    data = io.BytesIO()
    photo(120, 80).save(data, format, **options)
    return data.getvalue()


def full(format: str, order: str = ">", turn: int = 0) -> bytes:
    """Return a picture with EXIF, XMP, IPTC, a comment and a colour profile."""
    block = (
        exif_block(order)
        if not turn
        else tiff_block(
            order,
            (
                0,
                [
                    (0x0112, 3, 1, turn.to_bytes(2, "big" if order == ">" else "little") + b"\0\0"),
                    ascii_entry(0x010F, "Maker"),
                ],
            ),
        )
    )
    metadata = Metadata(exif=block, xmp=PACKET, iptc=IPTC, comments=(b"Hello Grandma",))
    return with_metadata(saved(format, icc_profile=rgb_profile()), format.lower(), metadata)[0]


def values(details: PictureDetails) -> dict[str, str]:
    return {detail.name: detail.value for group in details.groups for detail in group.details}


def test_says_what_each_block_holds() -> None:
    details = details_of(full("JPEG"))
    told = values(details)
    assert told["Maker"] == "Maker"
    assert told["Copyright"] == "© Zoë"
    assert told["Taken"] == "2024-05-06 07:08:09"
    assert told["Keywords"] == "Grandma"
    assert told["City"] == "Graz"
    assert told["Author"] == "Ann"
    assert told["Comment"] == "Hello Grandma"
    assert told["User comment"] == "Grüße"
    assert details.cleanable
    assert details.personal == sum(detail.personal for group in details.groups for detail in group.details) >= 5
    assert (details.image.width, details.image.height, details.image.format) == (120, 80, "JPEG")


def test_groups_come_in_their_order_and_list_a_value_once() -> None:
    groups = read_details(full("JPEG"))
    titles = [group.title for group in groups]
    assert titles == [
        title
        for title in ("Place", "People and rights", "Time", "Camera", "Text", "Software", "Other data")
        if title in titles
    ]
    for group in groups:
        pairs = [(detail.name, detail.value) for detail in group.details]
        assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(("south", "west", "expected"), [(b"N", b"E", (48.2, 16.5)), (b"S", b"W", (-48.2, -16.5))])
@pytest.mark.parametrize("order", ["<", ">"])
def test_reads_the_location(south: bytes, west: bytes, expected: tuple[float, float], order: str) -> None:
    def angle(degrees: int, minutes: int) -> bytes:
        side = "little" if order == "<" else "big"
        return b"".join(number.to_bytes(4, side) for number in (degrees, 1, minutes, 1, 0, 1))  # type: ignore[arg-type]

    gps = [(1, 2, 2, south + b"\0"), (2, 5, 3, angle(48, 12)), (3, 2, 2, west + b"\0"), (4, 5, 3, angle(16, 30))]
    block = tiff_block(order, (0, [ascii_entry(0x010F, "Maker")]), (0x8825, gps))
    data = with_metadata(saved("JPEG"), "jpeg", Metadata(exif=block))[0]
    location = read_location(data)
    assert location is not None
    assert (location.latitude, location.longitude) == pytest.approx(expected)
    assert values(details_of(data))["Coordinates"] == f"{expected[0]:.5f}, {expected[1]:.5f}"


def test_a_picture_that_says_nothing_has_no_details() -> None:
    details = details_of(saved("PNG"))
    assert details.groups == ()
    assert details.personal == 0
    assert details.location is None


@pytest.mark.parametrize("format", FORMATS)
def test_a_clean_copy_says_nothing_and_looks_the_same(format: str, tmp_path: Path) -> None:
    data = full(format)
    copy = cleaned(data)
    assert list(exif_blocks(copy)) == list(xmp_packets(copy)) == list(iptc_records(copy)) == []
    assert details_of(copy).groups == ()
    assert b"Grandma" not in copy
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(copy)) as after:
        assert after.info.get("icc_profile") == before.info["icc_profile"]
        assert after.tobytes() == before.tobytes()
    path = tmp_path / "copy"
    path.write_bytes(copy)
    told = exiftool.read(path, "-a", "-G0", "-EXIF:all", "-XMP:all", "-IPTC:all", "-File:Comment", "-PNG:Comment")
    assert set(told) <= {"SourceFile"}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("turn", [3, 6, 8, 5])
def test_a_clean_copy_is_shown_the_same_way_up(format: str, turn: int) -> None:
    data = full(format, turn=turn)
    copy = cleaned(data)
    assert (decode(copy).pixels == decode(data).pixels).all()
    (block,) = exif_blocks(copy)
    assert len(block) == 26
    assert cleaned(copy) == copy


def test_nothing_after_the_picture_is_copied() -> None:
    data = saved("JPEG") + b"\0\0\0\x18ftypmp42" + bytes(5000)
    assert "Video" in values(details_of(data))
    assert cleaned(data) == cleaned(saved("JPEG"))


def test_a_progressive_jpeg_keeps_all_of_its_scans() -> None:
    data = saved("JPEG", progressive=True)
    assert cleaned(data) == data


def test_a_comment_between_scans_goes() -> None:
    data = saved("JPEG", progressive=True)
    at = data.rfind(b"\xff\xda")
    data = data[:at] + b"\xff\xfe\x00\x08secret" + data[at:]
    assert b"secret" not in cleaned(data)


def test_an_animation_stays_one() -> None:
    frames = [photo(40, 30), photo(40, 30).transpose(Image.Transpose.ROTATE_180)]
    for format in ("PNG", "WebP"):
        data = io.BytesIO()
        frames[0].save(data, format, save_all=True, append_images=frames[1:], duration=100)
        with Image.open(io.BytesIO(cleaned(data.getvalue()))) as copy:
            assert getattr(copy, "n_frames", 1) == 2


def test_other_formats_say_how_to_get_a_clean_copy() -> None:
    data = encode(photo(20, 20), "TIFF")
    assert not details_of(data).cleanable
    with pytest.raises(UnsupportedFormatError, match="Enhance"):
        cleaned(data)


def test_a_file_that_is_not_a_picture_is_refused() -> None:
    with pytest.raises(ImageError):
        details_of(b"hello")


def test_the_copy_is_named_after_the_picture() -> None:
    made = drive(clean(full("PNG"), CleanOptions(name="holiday/cat.jpeg")), no_network)
    assert (made.name, made.media_type) == ("cat-clean.png", "image/png")


@given(st.data())
def test_damaged_metadata_never_raises(data: st.DataObject) -> None:
    whole = bytearray(full("JPEG"))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(2, 900))] = data.draw(st.integers(0, 255))
    read_details(bytes(whole))
    strip(bytes(whole))
    assert iptc_segment(IPTC)
