"""Colours described by cICP, gAMA, cHRM, sRGB and nclx, as Chromium shows them; HDR on a screen without it."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from onsight.core.flow import drive
from onsight.image import decode
from onsight.image.colour_space import ColourSpace
from onsight.image.decoding import DecodedImage
from onsight.tools.enhance import task as enhance
from onsight.tools.enhance.options import EnhanceOptions
from tests.pictures import AVIF, encode, linear_grey_profile, png, png_chunk, rgb_profile
from tests.turned import opened
from tests.without_networks import no_network, no_upscaler

STORED = ((16, 16, 16), (128, 128, 128), (200, 60, 60), (60, 160, 90), (40, 80, 220), (230, 200, 60))
"""The colours in each file. What Chromium 156 makes of them was read from a canvas onto which it drew the file."""
STORED_GREY = (16, 128, 200, 60, 40, 230)

SRGB_POINTS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3_POINTS = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
ADOBE_POINTS = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
WIDE_POINTS = (31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600)

PLAIN = STORED
LINEAR = ((71, 71, 71), (188, 188, 188), (229, 133, 133), (133, 208, 160), (110, 152, 239), (244, 229, 133))
P3 = ((16, 16, 16), (128, 128, 128), (217, 42, 52), (0, 163, 82), (22, 81, 228), (236, 199, 0))
POWER_2_2 = ((7, 7, 7), (129, 129, 129), (201, 57, 57), (57, 161, 90), (35, 79, 221), (231, 201, 57))
POWER_2_4 = ((4, 4, 4), (121, 121, 121), (197, 49, 49), (49, 155, 81), (28, 70, 218), (229, 197, 49))


def cicp(*codes: int) -> bytes:
    return png_chunk(b"cICP", bytes(codes))


def gama(value: int) -> bytes:
    return png_chunk(b"gAMA", struct.pack(">I", value))


def chrm(points: tuple[int, ...]) -> bytes:
    return png_chunk(b"cHRM", struct.pack(">8I", *points))


def iccp(profile: bytes) -> bytes:
    return png_chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


SRGB = png_chunk(b"sRGB", b"\0")

SHOWN = {
    "nothing": (b"", PLAIN),
    "gAMA 1": (gama(100_000), LINEAR),
    "gAMA 1/1.8": (
        gama(55_556),
        ((20, 20, 20), (146, 146, 146), (210, 77, 77), (77, 176, 109), (53, 99, 227), (235, 210, 77)),
    ),
    "gAMA 1/2.4": (gama(41_667), POWER_2_4),
    "gAMA 1/2.2": (gama(45_455), PLAIN),
    "gAMA near 1/2.2": (gama(43_200), PLAIN),
    "gAMA not so near": (
        gama(43_100),
        ((5, 5, 5), (124, 124, 124), (199, 52, 52), (52, 157, 84), (31, 74, 219), (229, 199, 52)),
    ),
    "cHRM alone": (chrm(P3_POINTS), PLAIN),
    "gAMA, cHRM of sRGB": (gama(45_455) + chrm(SRGB_POINTS), POWER_2_2),
    "gAMA, cHRM of P3": (
        gama(45_455) + chrm(P3_POINTS),
        ((7, 7, 7), (129, 129, 129), (219, 37, 49), (0, 164, 81), (11, 80, 229), (237, 200, 0)),
    ),
    "gAMA, cHRM of Adobe RGB": (
        gama(45_455) + chrm(ADOBE_POINTS),
        ((7, 7, 7), (129, 129, 129), (231, 57, 57), (0, 161, 85), (0, 79, 225), (241, 201, 37)),
    ),
    "gAMA 1, cHRM of BT.2020": (
        gama(100_000) + chrm(WIDE_POINTS),
        ((71, 71, 71), (188, 188, 188), (255, 114, 131), (0, 215, 155), (30, 155, 247), (255, 228, 114)),
    ),
    "sRGB over gAMA": (SRGB + gama(100_000), PLAIN),
    "sRGB over gAMA and cHRM": (SRGB + gama(45_455) + chrm(P3_POINTS), PLAIN),
    "iCCP": (iccp(rgb_profile()), P3),
    "iCCP over gAMA": (iccp(rgb_profile()) + gama(100_000), P3),
    "broken iCCP, gAMA": (iccp(b"broken") + gama(100_000), LINEAR),
    "cICP over iCCP": (cicp(1, 13, 0, 1) + iccp(rgb_profile()), PLAIN),
    "cICP over sRGB": (cicp(12, 13, 0, 1) + SRGB, P3),
    "cICP over gAMA": (cicp(1, 13, 0, 1) + gama(100_000), PLAIN),
    "cICP unspecified, gAMA": (cicp(2, 2, 0, 1) + gama(100_000), LINEAR),
    "cICP unspecified, iCCP": (cicp(2, 2, 0, 1) + iccp(rgb_profile()), P3),
    "cICP of a narrow range": (cicp(12, 13, 0, 0), PLAIN),
    "cICP 4/13": (
        cicp(4, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (236, 50, 49), (0, 158, 86), (0, 100, 226), (248, 193, 5)),
    ),
    "cICP 5/13": (
        cicp(5, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (204, 60, 60), (50, 160, 91), (37, 80, 219), (231, 200, 64)),
    ),
    "cICP 6/13": (
        cicp(6, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (195, 66, 59), (70, 158, 90), (50, 84, 221), (228, 199, 58)),
    ),
    "cICP 8/13": (
        cicp(8, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (226, 39, 51), (0, 164, 84), (0, 75, 227), (240, 200, 0)),
    ),
    "cICP 9/13": (
        cicp(9, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (247, 0, 53), (0, 168, 79), (0, 81, 230), (252, 197, 0)),
    ),
    "cICP 10/13": (
        cicp(10, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (255, 0, 79), (0, 210, 60), (0, 113, 232), (255, 158, 0)),
    ),
    "cICP 11/13": (
        cicp(11, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (212, 42, 53), (0, 163, 82), (26, 80, 228), (234, 199, 0)),
    ),
    "cICP 12/13": (cicp(12, 13, 0, 1), P3),
    "cICP 22/13": (
        cicp(22, 13, 0, 1),
        ((16, 16, 16), (128, 128, 128), (202, 67, 59), (54, 157, 90), (39, 89, 220), (231, 198, 59)),
    ),
    "cICP 1/1": (cicp(1, 1, 0, 1), POWER_2_4),
    "cICP 1/4": (cicp(1, 4, 0, 1), POWER_2_2),
    "cICP 1/5": (
        cicp(1, 5, 0, 1),
        ((1, 1, 1), (106, 106, 106), (189, 36, 36), (36, 142, 66), (17, 56, 212), (224, 189, 36)),
    ),
    "cICP 1/7": (
        cicp(1, 7, 0, 1),
        ((34, 34, 34), (141, 141, 141), (206, 77, 77), (77, 170, 106), (58, 97, 224), (233, 206, 77)),
    ),
    "cICP 1/8": (cicp(1, 8, 0, 1), LINEAR),
    "cICP 1/17": (
        cicp(1, 17, 0, 1),
        ((3, 3, 3), (118, 118, 118), (200, 44, 44), (44, 154, 76), (23, 65, 224), (235, 200, 44)),
    ),
    "cICP 9/14": (
        cicp(9, 14, 0, 1),
        ((4, 4, 4), (121, 121, 121), (244, 0, 40), (0, 163, 68), (0, 71, 228), (251, 193, 0)),
    ),
}
"""By what says it: the chunks, and what Chromium shows."""


def rows(depth: int = 8, alpha: bool = False) -> bytes:
    pixels = np.array([STORED], np.uint8)
    if alpha:
        pixels = np.dstack([pixels, np.full((1, len(STORED)), 255, np.uint8)])
    return (pixels.astype(">u2") * 257).tobytes() if depth == 16 else pixels.tobytes()


def distance(decoded: DecodedImage, shown: Sequence[tuple[int, int, int]]) -> int:
    return int(np.abs(decoded.pixels[0].astype(int) - np.array(shown)).max())


@pytest.mark.parametrize("name", SHOWN)
def test_png_is_shown_as_in_chromium(name: str) -> None:
    chunks, shown = SHOWN[name]
    assert distance(decode(png(6, 1, 8, 2, rows(), before_data=chunks)), shown) <= 2
    assert distance(decode(png(6, 1, 16, 2, rows(16), before_data=chunks)), shown) <= 3
    assert distance(decode(png(6, 1, 8, 6, rows(alpha=True), before_data=chunks)), shown) <= 2


@pytest.mark.parametrize("name", ["gAMA 1", "cICP 12/13", "iCCP"])
def test_palettes_have_the_colours_of_their_space(name: str) -> None:
    chunks, shown = SHOWN[name]
    palette = png_chunk(b"PLTE", bytes(value for colour in STORED for value in colour))
    assert distance(decode(png(6, 1, 8, 3, bytes(range(6)), before_data=chunks + palette)), shown) <= 2


@pytest.mark.parametrize(
    ("chunks", "shown"),
    [
        (gama(100_000), (71, 188, 229, 133, 110, 244)),
        (gama(45_455) + chrm(P3_POINTS), (7, 129, 201, 57, 35, 231)),
        (cicp(1, 8, 0, 1), (71, 188, 229, 133, 110, 244)),
        (cicp(12, 13, 0, 1), STORED_GREY),
        (iccp(linear_grey_profile()), (71, 188, 229, 133, 110, 244)),
    ],
)
def test_greys_stay_grey_and_follow_the_curve(chunks: bytes, shown: tuple[int,]) -> None:
    expected = [(value,) * 3 for value in shown]
    deep = (np.array(STORED_GREY, ">u2") * 257).tobytes()
    assert distance(decode(png(6, 1, 8, 0, bytes(STORED_GREY), before_data=chunks)), expected) <= 2
    assert distance(decode(png(6, 1, 16, 0, deep, before_data=chunks)), expected) <= 3


def test_colour_survives_a_comment_that_is_dropped() -> None:
    broken = png_chunk(b"tEXt", b"Title\0x", checksum=1)
    assert distance(decode(png(6, 1, 8, 2, rows(), before_data=broken + cicp(12, 13, 0, 1))), P3) <= 2


@pytest.mark.parametrize("chunks", [b"", SRGB, gama(45_455), cicp(1, 13, 0, 1), iccp(rgb_profile())])
def test_usual_colours_are_left_to_the_browser(chunks: bytes) -> None:
    assert decode(png(6, 1, 8, 2, rows(), before_data=chunks)).info.as_in_browsers


@pytest.mark.parametrize("chunks", [gama(100_000), cicp(12, 13, 0, 1), iccp(b"broken")])
def test_colours_that_a_browser_may_ignore_are_not_left_to_it(chunks: bytes) -> None:
    assert not decode(png(6, 1, 8, 2, rows(), before_data=chunks)).info.as_in_browsers


@pytest.mark.parametrize(
    "chunks",
    [cicp(12), cicp(12, 13, 1, 1), cicp(255, 255, 0, 1), gama(0), png_chunk(b"gAMA", b"\0"), chrm((0,) * 8)],
)
def test_nonsense_counts_as_nothing(chunks: bytes) -> None:
    assert distance(decode(png(6, 1, 8, 2, rows(), before_data=chunks)), PLAIN) == 0


def test_points_that_make_no_sense_are_passed_over() -> None:
    flat = gama(45_455) + chrm((31270, 32900, 30000, 30000, 30000, 30000, 30000, 30000))
    assert decode(png(6, 1, 8, 2, rows(), before_data=flat)).pixels.shape == (1, 6, 3)


# AVIF


def with_codes(avif: bytes, primaries: int, transfer: int) -> bytes:
    at = avif.index(b"nclx") + 4
    return avif[:at] + struct.pack(">HH", primaries, transfer) + avif[at + 4 :]


def avif(**options: object) -> bytes:
    bars = Image.fromarray(np.array([STORED], np.uint8)).resize((96, 16), Image.Resampling.NEAREST)
    return encode(bars, "AVIF", quality=100, subsampling="4:4:4", **options)


AVIF_SHOWN = {
    (1, 13): PLAIN,
    (1, 1): PLAIN,
    (1, 14): PLAIN,
    (2, 2): PLAIN,
    (12, 13): P3,
    (9, 13): ((16, 16, 16), (128, 128, 128), (247, 0, 53), (0, 169, 76), (0, 82, 228), (252, 197, 0)),
    (9, 14): ((16, 16, 16), (128, 128, 128), (247, 0, 53), (0, 169, 76), (0, 82, 228), (252, 197, 0)),
    (5, 6): ((16, 16, 16), (128, 128, 128), (204, 60, 60), (48, 161, 89), (36, 81, 217), (231, 200, 63)),
    (1, 4): POWER_2_2,
    (1, 8): LINEAR,
}


@pytest.mark.skipif(sys.platform == "emscripten", reason="Pillow reads AVIF there and does not write it")
@pytest.mark.parametrize("codes", AVIF_SHOWN)
def test_avif_is_shown_as_in_chromium(codes: tuple[int, int]) -> None:
    pixels = decode(with_codes(avif(), *codes)).pixels[8, 8::16].astype(int)
    assert np.abs(pixels - AVIF_SHOWN[codes]).max() <= 4


@pytest.mark.skipif(sys.platform == "emscripten", reason="Pillow reads AVIF there and does not write it")
def test_profile_of_an_avif_goes_before_its_codes() -> None:
    data = avif(icc_profile=rgb_profile())
    assert np.abs(decode(data).pixels[8, 8::16].astype(int) - P3).max() <= 4


def test_codes_of_an_avif_are_honoured() -> None:
    plain, wide = decode(AVIF), decode(with_codes(AVIF, 12, 13))
    space = ColourSpace.of_codes(12, 13)
    assert space
    np.testing.assert_array_equal(wide.pixels, np.asarray(space.to_srgb(Image.fromarray(plain.pixels))))
    assert (wide.pixels != plain.pixels).any()


# HDR


def shown(transfer: int, *colours: tuple[int, int, int]) -> list[list[int]]:
    space = ColourSpace.of_codes(9, transfer)
    assert space
    pixels: list[list[int]] = np.asarray(space.to_srgb(Image.fromarray(np.array([colours], np.uint8))))[0].tolist()
    return pixels


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_greys_stay_grey_and_rise_from_black_to_white(transfer: int) -> None:
    pixels = shown(transfer, *((value,) * 3 for value in range(256)))
    levels = [pixel[0] for pixel in pixels]
    assert all(max(pixel) - min(pixel) <= 1 for pixel in pixels)
    assert levels[0] == 0
    assert levels[255] == 255
    assert levels == sorted(levels)


def test_reference_white_is_light_and_not_yet_white() -> None:
    # 203 nits: 58% of PQ, 75% of HLG (BT.2408).
    assert 220 <= shown(16, (148, 148, 148))[0][0] <= 235
    assert 220 <= shown(18, (191, 191, 191))[0][0] <= 235


def test_what_is_darker_than_the_roll_off_has_the_light_that_it_says() -> None:
    # 18% grey under a white of 203 nits is 36.5 nits, which PQ writes as 0.409: sRGB's 118.
    assert shown(16, (104, 104, 104))[0][0] == pytest.approx(118, abs=3)


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_colours_keep_their_hue(transfer: int) -> None:
    red, green, blue = shown(transfer, (180, 60, 60), (60, 180, 60), (60, 60, 180))
    assert red[0] > 100 > max(red[1:])
    assert green[1] > 100 > max(green[0], green[2])
    assert blue[2] > 100 > max(blue[:2])


def test_hdr_png_is_tone_mapped() -> None:
    decoded = decode(png(6, 1, 16, 2, rows(16), before_data=cicp(9, 16, 0, 1)))
    assert decoded.pixels[0].tolist() == shown(16, *STORED)
    assert not decoded.info.as_in_browsers


# What is made of such a picture


def test_enhanced_picture_is_in_srgb() -> None:
    data = png(6, 1, 8, 2, rows(), before_data=cicp(12, 13, 0, 1))
    flow = enhance.enhance(data, EnhanceOptions(format="png"), no_upscaler)
    written = drive(flow, no_network).data
    assert b"cICP" not in written
    assert np.abs(np.asarray(opened(written), int)[0] - P3).max() <= 2
