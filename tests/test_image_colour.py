"""onsight.image.decode: every pixel type and colour space → 8-bit sRGB on white."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from onsight.image import decode
from tests.pictures import (
    SRGB,
    adobe_ycck,
    cmyk_profile,
    encode,
    linear_grey_profile,
    photo,
    png,
    png_chunk,
    rgb_profile,
)


def pixel(data: bytes, **options: Any) -> list[int]:
    """Return the decoded first pixel as a list of three numbers."""
    return decode(data, **options).pixels[0, 0].tolist()


# References, computed in floating point by the definitions of the colour spaces.

XYZ_TO_LINEAR_SRGB = np.array(
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
)
"""From XYZ relative to D50. Source: Bruce Lindbloom's tables."""
P3_TO_LINEAR_SRGB = np.array(
    [[1.2249402, -0.2249402, 0.0], [-0.0420569, 1.0420569, 0.0], [-0.0196376, -0.0786361, 1.0982735]]
)
"""Source: W3C CSS Color 4, sample code."""


def srgb_encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def srgb_decode(values: tuple[int, int, int]) -> NDArray[np.float64]:
    shares = np.asarray(values) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def lab_to_srgb(lightness: float, a: float, b: float) -> NDArray[np.float64]:
    f = (lightness + 16) / 116
    shares = np.array([f + a / 500, f, f - b / 200])
    linear = np.where(shares > 6 / 29, shares**3, 3 * (6 / 29) ** 2 * (shares - 4 / 29))
    return srgb_encode(XYZ_TO_LINEAR_SRGB @ (linear * [0.9642, 1.0, 0.8249]))


# More than 8 bits


def test_decode_16_bit_grey_keeps_the_upper_bits() -> None:
    values = np.array([[0, 255, 256, 0x1234, 0x80FF, 65535]], np.uint16)
    decoded = decode(encode(Image.fromarray(values), "PNG"))
    assert decoded.pixels[0, :, 0].tolist() == [0, 0, 1, 0x12, 0x80, 255]
    assert decoded.pixels.shape == (1, 6, 3)


@pytest.mark.parametrize("order", ["<u2", ">u2"])
def test_decode_16_bit_grey_tiff_in_both_byte_orders(order: str) -> None:
    values = np.array([[0, 0x1234, 65535]], np.uint16)
    image = Image.frombytes("I;16B" if order == ">u2" else "I;16", (3, 1), values.astype(order).tobytes())
    assert decode(encode(image, "TIFF")).pixels[0, :, 0].tolist() == [0, 0x12, 255]


def test_decode_12_bit_tiff_reaches_white() -> None:
    # Three bytes hold two samples; Pillow reads the kind and does not write it.
    data = encode(Image.new("I;16", (2, 1)), "TIFF")
    bits = data.index(struct.pack("<HHIH", 258, 3, 1, 16)) + 8
    offset = struct.unpack_from("<I", data, data.index(struct.pack("<HHI", 273, 4, 1)) + 8)[0]
    data = data[:bits] + b"\x0c" + data[bits + 1 : offset] + b"\xff\xf8\x00" + data[offset + 3 :]
    assert decode(data).pixels[0, :, 0].tolist() == [255, 128]


def test_decode_16_bit_negative_tiff_is_turned_positive() -> None:
    data = encode(Image.fromarray(np.array([[0, 65535]], np.uint16)), "TIFF")
    at = data.index(struct.pack("<HHIH", 262, 3, 1, 1)) + 8  # photometric interpretation: black is zero
    assert decode(data[:at] + b"\0" + data[at + 1 :]).pixels[0, :, 0].tolist() == [255, 0]


@pytest.mark.parametrize(
    ("colour_type", "samples", "expected"),
    [
        (2, (0x1234, 0x80FF, 0xFFFF), [0x12, 0x80, 0xFF]),  # RGB
        (6, (0x1234, 0x80FF, 0xFFFF, 0xFFFF), [0x12, 0x80, 0xFF]),  # RGB and alpha
        (4, (0x1234, 0xFFFF), [0x12, 0x12, 0x12]),  # grey and alpha
    ],
)
def test_decode_16_bit_png_keeps_the_upper_bits(
    colour_type: int, samples: tuple[int, ...], expected: list[int]
) -> None:
    data = png(1, 1, 16, colour_type, struct.pack(f">{len(samples)}H", *samples))
    assert pixel(data) == expected


def test_decode_16_bit_grey_reduced() -> None:
    values = np.full((40, 40), 0x8000, np.uint16)
    assert (decode(encode(Image.fromarray(values), "PNG"), min_side=10).pixels == 0x80).all()


def test_decode_16_bit_pgm_scales_to_its_maximum() -> None:
    data = b"P5 3 1 1023\n" + struct.pack(">HHH", 1, 256, 512)
    assert decode(data).pixels[0, :, 0].tolist() == [0, 64, 128]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.25, 0.5], [0, 64, 128]),  # fractions of white
        ([-1.0, 0.0, 1.0], [0, 128, 255]),  # stretched
        ([0.0, 500.0, 1000.0], [0, 128, 255]),
        ([7.0, 7.0, 7.0], [0, 0, 0]),
        ([np.nan, 0.0, 2.0], [0, 0, 255]),
        ([-np.inf, np.inf, 0.5], [0, 255, 128]),
        ([np.nan, np.nan, np.nan], [0, 0, 0]),
    ],
)
def test_decode_float_tiff(values: list[float], expected: list[int]) -> None:
    data = encode(Image.fromarray(np.array([values], np.float32)), "TIFF")
    assert decode(data).pixels[0, :, 0].tolist() == expected


@pytest.mark.parametrize("values", [[0, 1000, 2000], [-1000, 0, 1000], [0, 2**30, 2**31 - 1]])
def test_decode_32_bit_integer_tiff_is_stretched(values: list[int]) -> None:
    data = encode(Image.fromarray(np.array([values], np.int32)), "TIFF")
    assert decode(data).pixels[0, :, 0].tolist() == [0, 128, 255]


# Fewer than 8 bits, palettes


def test_decode_one_bit() -> None:
    image = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    for format in ("PNG", "TIFF", "BMP", "PPM"):
        assert decode(encode(image, format)).pixels[0, :, 0].tolist() == [0, 255]


def test_decode_palette() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    for format in ("PNG", "GIF", "BMP", "TIFF"):
        assert decode(encode(image, format)).pixels.tolist() == [[[10, 20, 30], [40, 50, 60]]]


def test_decode_palette_is_reduced_by_colour_and_not_by_index() -> None:
    image = Image.new("P", (2, 2))
    image.putpalette([0, 0, 0, 9, 99, 199, 200, 200, 200])
    image.putdata([0, 2, 2, 0])
    assert pixel(encode(image, "PNG"), min_side=1) == [100, 100, 100]


# Transparency is laid on white


def test_decode_palette_with_an_alpha_for_every_colour() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0] * 3)
    image.putdata([0, 1, 2])
    decoded = decode(encode(image, "PNG", transparency=bytes([255, 128, 0])))
    assert decoded.pixels.tolist() == [[[255, 0, 0], [255, 127, 127], [255, 255, 255]]]


def test_decode_palette_with_one_transparent_colour() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putdata([0, 1])
    for format in ("GIF", "PNG"):
        assert decode(encode(image, format, transparency=1)).pixels.tolist() == [[[255, 0, 0], [255, 255, 255]]]


@pytest.mark.parametrize(
    ("colour_type", "rows", "transparent"),
    [(0, b"\x05\x06", b"\0\x05"), (2, bytes((1, 2, 3, 4, 5, 6)), b"\0\x01\0\x02\0\x03")],
)
def test_decode_grey_and_rgb_with_a_transparent_colour(colour_type: int, rows: bytes, transparent: bytes) -> None:
    data = png(2, 1, 8, colour_type, rows, before_data=png_chunk(b"tRNS", transparent))
    decoded = decode(data)
    assert decoded.pixels[0, 0].tolist() == [255, 255, 255]
    assert decoded.pixels[0, 1].tolist() == ([6, 6, 6] if colour_type == 0 else [4, 5, 6])


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(("alpha", "expected"), [(255, [10, 20, 30]), (0, [255] * 3), (51, [206, 208, 210])])
def test_decode_alpha_on_white(format: str, alpha: int, expected: list[int]) -> None:
    options = {"lossless": True, "exact": True} if format == "WEBP" else {}
    data = encode(Image.new("RGBA", (2, 2), (10, 20, 30, alpha)), format, **options)
    assert pixel(data) == expected


def test_decode_grey_and_alpha_on_white() -> None:
    assert pixel(encode(Image.new("LA", (1, 1), (10, 51)), "PNG")) == [206, 206, 206]


def test_decode_hidden_colours_do_not_bleed_when_reduced() -> None:
    image = Image.new("RGBA", (2, 1), (0, 0, 200, 255))
    image.putpixel((1, 0), (255, 0, 0, 0))  # red, but invisible
    picture = Image.new("RGBA", (2, 2))
    picture.paste(image, (0, 0))
    picture.paste(image, (0, 1))
    np.testing.assert_allclose(pixel(encode(picture, "PNG"), min_side=1), [127, 127, 227], atol=1)


# CMYK


@pytest.mark.parametrize(
    ("ink", "expected"),
    [
        ((0, 0, 0, 0), [255, 255, 255]),
        ((255, 0, 0, 0), [0, 255, 255]),
        ((0, 255, 0, 0), [255, 0, 255]),
        ((0, 0, 255, 0), [255, 255, 0]),
        ((0, 0, 0, 255), [0, 0, 0]),
        ((0, 0, 0, 128), [127, 127, 127]),
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_decode_cmyk_without_profile(format: str, ink: tuple[int, int, int, int], expected: list[int]) -> None:
    data = encode(Image.new("CMYK", (16, 16), ink), format)
    np.testing.assert_allclose(pixel(data), expected, atol=2)
    np.testing.assert_allclose(pixel(data, min_side=4), expected, atol=2)


def test_decode_ycck_jpeg() -> None:
    # Inks of (200, 120, 40), as the luma and chroma that Adobe stores.
    inks = Image.new("RGB", (16, 16), (55, 135, 215)).convert("YCbCr")
    # Pillow inverts the channels of a CMYK picture that it writes: invert them first, all but the black.
    channels = [channel.point(lambda value: 255 - value) for channel in inks.split()]
    data = adobe_ycck(Image.merge("CMYK", (*channels, Image.new("L", (16, 16), 0))))
    np.testing.assert_allclose(pixel(data), [200, 120, 40], atol=3)


INKS = ((60.0, -20.0, -30.0), (50.0, 40.0, 10.0), (85.0, 5.0, 60.0))


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
@pytest.mark.parametrize("ink", range(3))
def test_decode_cmyk_by_its_profile(format: str, ink: int) -> None:
    amounts = [0, 0, 0, 0]
    amounts[ink] = 255
    data = encode(Image.new("CMYK", (16, 16), tuple(amounts)), format, icc_profile=cmyk_profile(INKS))
    np.testing.assert_allclose(pixel(data), lab_to_srgb(*INKS[ink]), atol=3)


def test_decode_cmyk_paper_is_white_and_black_is_black_by_its_profile() -> None:
    for ink, expected in (((0, 0, 0, 0), [255] * 3), ((0, 0, 0, 255), [0] * 3)):
        data = encode(Image.new("CMYK", (16, 16), ink), "JPEG", icc_profile=cmyk_profile(INKS))
        np.testing.assert_allclose(pixel(data), expected, atol=2)


def test_decode_lab_tiff() -> None:
    # As TIFF stores them: L* · 255 / 100, a* and b* in two's complement.
    image = Image.frombytes("LAB", (1, 1), struct.pack("Bbb", 128, 20, -30))
    np.testing.assert_allclose(pixel(encode(image, "TIFF")), lab_to_srgb(128 / 2.55, 20, -30), atol=3)


# ICC profiles


@pytest.mark.parametrize("colour", [(234, 51, 35), (200, 100, 100), (10, 60, 20), (128, 128, 128), (255, 255, 255)])
@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_decode_display_p3(format: str, colour: tuple[int, int, int]) -> None:
    data = encode(Image.new("RGB", (8, 8), colour), format, icc_profile=rgb_profile())
    expected = srgb_encode(P3_TO_LINEAR_SRGB @ srgb_decode(colour))
    np.testing.assert_allclose(pixel(data), expected, atol=2)


def test_decode_display_p3_reaches_the_red_of_srgb() -> None:
    data = encode(Image.new("RGB", (8, 8), (234, 51, 35)), "PNG", icc_profile=rgb_profile())
    np.testing.assert_allclose(pixel(data), [255, 0, 0], atol=2)


def test_decode_display_p3_jpeg_reduced() -> None:
    data = encode(Image.new("RGB", (64, 64), (200, 100, 100)), "JPEG", quality=100, icc_profile=rgb_profile())
    expected = srgb_encode(P3_TO_LINEAR_SRGB @ srgb_decode((200, 100, 100)))
    np.testing.assert_allclose(pixel(data, min_side=8), expected, atol=3)


def test_decode_display_p3_with_alpha() -> None:
    data = encode(Image.new("RGBA", (1, 1), (200, 100, 100, 51)), "PNG", icc_profile=rgb_profile())
    colour = srgb_encode(P3_TO_LINEAR_SRGB @ srgb_decode((200, 100, 100)))
    np.testing.assert_allclose(pixel(data), 0.8 * 255 + 0.2 * colour, atol=2)


def test_decode_palette_in_display_p3() -> None:
    image = Image.new("P", (1, 1))
    image.putpalette([200, 100, 100])
    expected = srgb_encode(P3_TO_LINEAR_SRGB @ srgb_decode((200, 100, 100)))
    np.testing.assert_allclose(pixel(encode(image, "PNG", icc_profile=rgb_profile())), expected, atol=2)


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_decode_grey_by_a_grey_profile(mode: str) -> None:
    data = encode(Image.new(mode, (1, 1), 55 if mode == "L" else (55, 255)), "PNG", icc_profile=linear_grey_profile())
    np.testing.assert_allclose(pixel(data), srgb_encode(np.full(3, 55 / 255)), atol=2)


def test_decode_grey_in_an_rgb_space_stays_grey() -> None:
    data = encode(Image.new("L", (1, 1), 100), "PNG", icc_profile=rgb_profile())
    np.testing.assert_allclose(pixel(data), [100, 100, 100], atol=1)


def test_decode_srgb_profile_changes_no_pixel() -> None:
    for srgb in (rgb_profile(SRGB), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()):
        decoded = decode(encode(photo(), "PNG", icc_profile=srgb))
        np.testing.assert_array_equal(decoded.pixels, np.asarray(photo()))


@pytest.mark.parametrize(
    "profile",
    [
        b"not a profile",
        rgb_profile()[:200],
        rgb_profile()[:128] + bytes(300),
        linear_grey_profile(),  # sound, but of another space than the pixels
        cmyk_profile(INKS),
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_decode_ignores_profiles_that_are_damaged_or_do_not_fit(format: str, profile: bytes) -> None:
    with_profile = encode(photo(), format, icc_profile=profile)
    np.testing.assert_array_equal(decode(with_profile).pixels, decode(encode(photo(), format)).pixels)
