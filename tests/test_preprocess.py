"""onsight.networks.preprocess: picture → tensor, and places in the tensor → places in the picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from onsight.core.results import ImageInfo
from onsight.image import DecodedImage, decode
from onsight.networks.preprocess import Transform, center_crop, letterbox, normalize, preprocess, resize
from onsight.networks.spec import CROP_MODES, INTERPOLATIONS, InputSpec
from tests import pictures

GOLDEN = Path(__file__).with_name("golden")
SPEC = InputSpec(
    name="pixel_values",
    input_size=(48, 64),
    interpolation="bicubic",
    crop_pct=0.875,
    crop_mode="center",
    mean=(127, 120, 110),
    std=(128, 64, 32),
)

sides = st.integers(1, 400)
lengths = st.floats(0.1, 1e5)
places = st.floats(-1e5, 1e5)


def picture(pixels: NDArray[Any], height: int | None = None, width: int | None = None) -> DecodedImage:
    info = ImageInfo(width or pixels.shape[1], height or pixels.shape[0], "PNG")
    return DecodedImage(np.ascontiguousarray(pixels, np.uint8), info)


def gradient(height: int, width: int) -> NDArray[np.uint8]:
    """Red grows to the right and green downwards, so that a colour tells its place; blue is 0."""
    pixels = np.zeros((height, width, 3))
    pixels[..., 0] = (np.arange(width) + 0.5) * 255 / width
    pixels[..., 1] = ((np.arange(height) + 0.5) * 255 / height)[:, None]
    return np.round(pixels).astype(np.uint8)


def transforms() -> st.SearchStrategy[Transform]:
    region = st.tuples(places, places, lengths, lengths).map(lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3]))
    return st.builds(Transform, region, st.tuples(st.integers(1, 2000), st.integers(1, 2000)))


@given(transforms(), st.lists(st.tuples(places, places), min_size=1))
def test_transform_there_and_back_is_the_identity(transform: Transform, points: list[tuple[float, float]]) -> None:
    there = transform.points_to_picture(points)
    tolerance = 1e-9 * (1 + np.abs(there).max()) / transform._scale.min() + 1e-6
    np.testing.assert_allclose(transform.points_to_input(there), points, rtol=0, atol=tolerance)


@given(transforms(), st.tuples(places, places, places, places))
def test_transform_maps_a_box_as_its_corners(transform: Transform, box: tuple[float, float, float, float]) -> None:
    for boxes, points in (
        (transform.boxes_to_picture, transform.points_to_picture),
        (transform.boxes_to_input, transform.points_to_input),
    ):
        np.testing.assert_array_equal(boxes(box), np.concatenate([points(box[:2]), points(box[2:])]))
        assert boxes(np.empty((0, 4))).shape == (0, 4)


@given(transforms())
def test_transform_maps_the_whole_input_to_its_region(transform: Transform) -> None:
    height, width = transform.input_size
    np.testing.assert_allclose(transform.boxes_to_picture((0, 0, width, height)), transform.region, atol=1e-6)


@given(sides, sides, st.integers(1, 3), st.sampled_from(CROP_MODES))
def test_preprocess_takes_any_picture(height: int, width: int, reduction: int, crop_mode: str) -> None:
    small = np.full((-(-height // reduction), -(-width // reduction), 3), 77, np.uint8)
    spec = replace(SPEC, crop_mode=crop_mode)
    pixel_values, transform = preprocess(picture(small, height, width), spec)
    assert pixel_values.shape == (1, 3, 48, 64)
    assert pixel_values.dtype == np.float32
    assert pixel_values.flags.c_contiguous
    x1, y1, x2, y2 = transform.region
    x_scale, y_scale = transform._scale
    assert x1 + x2 == pytest.approx(width, abs=1.001 * x_scale)  # centred, to the pixel of the input
    assert y1 + y2 == pytest.approx(height, abs=1.001 * y_scale)
    if crop_mode != "border":
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height
        np.testing.assert_allclose(pixel_values[0, :, 0, 0], [(77 - 127) / 128, (77 - 120) / 64, (77 - 110) / 32])


@pytest.mark.parametrize("crop_mode", CROP_MODES)
@pytest.mark.parametrize(("height", "width"), [(300, 400), (400, 300), (96, 128), (30, 40), (200, 800)])
@pytest.mark.parametrize("reduction", [1, 2])
def test_preprocess_and_transform_agree_on_where_things_are(
    crop_mode: str, height: int, width: int, reduction: int
) -> None:
    spec = replace(SPEC, crop_mode=crop_mode, mean=(0, 0, 0), std=(1, 1, 1), interpolation="bilinear")
    small = gradient(height // reduction, width // reduction)
    pixel_values, transform = preprocess(picture(small, height, width), spec)
    columns, rows = np.meshgrid(np.arange(64), np.arange(48))
    centres = np.stack([columns + 0.5, rows + 0.5], axis=-1)
    places = transform.points_to_picture(centres)
    # Filters do not see beyond the picture, so colours near its edge lean inwards.
    margin = 2 * np.maximum(1, transform._scale)
    inside = ((places > margin) & (places < np.array([width, height]) - margin)).all(-1)
    assert inside.mean() > 0.15
    expected = places[inside] * 255 / (width, height)
    np.testing.assert_allclose(pixel_values[0, :2][:, inside].T, expected, atol=1.5)


def test_preprocess_paints_the_border_with_the_mean() -> None:
    pixel_values, transform = preprocess(picture(np.zeros((10, 100, 3))), replace(SPEC, crop_mode="border"))
    # 64 columns of the input show 100 of the picture, 6 rows show its 10.
    assert transform.region == pytest.approx((0, -21 * 10 / 6, 100, 27 * 10 / 6))
    np.testing.assert_array_equal(pixel_values[0, :, 0], 0)
    assert (pixel_values[0, :, 24] < 0).all()


@pytest.mark.parametrize("name", ["chelsea", "astronaut"])
def test_preprocess_matches_the_reference(name: str) -> None:
    spec = replace(SPEC, input_size=(260, 260), crop_pct=260 / 292, mean=(127,) * 3, std=(128,) * 3)
    pixel_values, _ = preprocess(decode(pictures.sample(name), min_side=spec.min_side), spec)
    with np.load(GOLDEN / "efficientnet-lite2.npz") as golden:
        expected = (golden[f"{name}_pixels"].astype(np.float64).transpose(2, 0, 1)[None] - 127) / 128
    np.testing.assert_allclose(pixel_values, expected, rtol=0, atol=1.001 / 128)
    assert np.mean(np.abs(pixel_values - expected) > 1e-6) < 0.001


@given(sides, sides, st.integers(1, 300), st.integers(1, 300), st.floats(0.01, 1))
def test_center_crop_is_centred_and_as_large_as_it_says(
    height: int, width: int, rows: int, columns: int, crop_pct: float
) -> None:
    x1, y1, x2, y2 = center_crop((height, width), (rows, columns), crop_pct)
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height
    assert x1 + x2 == pytest.approx(width)
    assert y1 + y2 == pytest.approx(height)
    if min(x2 - x1, y2 - y1) > 1:
        assert (x2 - x1) / (y2 - y1) == pytest.approx(columns / rows)
        assert max((x2 - x1) / width, (y2 - y1) / height) == pytest.approx(crop_pct)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((300, 451), (451 / 2 - 133.56, 150 - 133.56, 451 / 2 + 133.56, 150 + 133.56)),
        ((10, 20000), (10000 - 4.452, 5 - 4.452, 10000 + 4.452, 5 + 4.452)),
        ((1, 1), (0, 0, 1, 1)),
        ((1, 7), (3, 0, 4, 1)),
    ],
)
def test_center_crop_of_the_classifier(size: tuple[int, int], expected: tuple[float, float, float, float]) -> None:
    assert center_crop(size, (260, 260), 260 / 292) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("size", "top", "left", "inner"), [((100, 50), 0, 80, (320, 160)), ((10, 100), 144, 0, (32, 320))]
)
def test_letterbox_places_the_picture_in_the_middle(
    size: tuple[int, int], top: int, left: int, inner: tuple[int, int]
) -> None:
    canvas, region = letterbox(np.zeros((*size, 3), np.uint8), (320, 320), (9, 99, 199), "bilinear")
    expected = np.broadcast_to(np.array([9, 99, 199], np.uint8), (320, 320, 3)).copy()
    expected[top : top + inner[0], left : left + inner[1]] = 0
    np.testing.assert_array_equal(canvas, expected)
    height, width = size
    place = Transform(region, (320, 320)).boxes_to_input((0, 0, width, height))
    np.testing.assert_allclose(place, (left, top, left + inner[1], top + inner[0]))


@given(st.data(), st.sampled_from(INTERPOLATIONS))
def test_resize_is_pillows_resize_of_the_box(data: st.DataObject, interpolation: str) -> None:
    height, width = data.draw(sides), data.draw(sides)
    rows, columns = data.draw(st.integers(1, 80)), data.draw(st.integers(1, 80))
    fractions = st.tuples(st.floats(0, 0.9), st.floats(0.05, 1))
    (x, w), (y, h) = data.draw(fractions), data.draw(fractions)
    box = (x * width, y * height, min(x + w, 1) * width, min(y + h, 1) * height)
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    resample = Image.Resampling[interpolation.upper()]
    expected = np.asarray(Image.fromarray(pixels).resize((columns, rows), resample, box))
    resized = resize(pixels, (rows, columns), interpolation, box)
    assert resized.shape == (rows, columns, 3)
    # Cutting the window out first moves the box by whole pixels; its sums may then round the other way.
    np.testing.assert_allclose(resized.astype(int), expected, atol=1)
    assert np.mean(resized != expected) < 0.02


def test_resize_takes_a_box_that_ends_a_hair_outside() -> None:
    pixels = np.zeros((30, 40, 3), np.uint8)
    assert resize(pixels, (5, 5), "bicubic", (0, 0, 40 * (1 + 1e-15), 30)).shape == (5, 5, 3)


def test_normalize_subtracts_the_mean_and_divides_by_the_deviation() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)
    values = normalize(pixels, (127, 1.5, 0), (128, 3, 255))
    expected = (pixels.astype(np.float64) - (127, 1.5, 0)) / (128, 3, 255)
    np.testing.assert_allclose(values[0], expected.transpose(2, 0, 1), rtol=1e-6, atol=1e-7)
    assert values.flags.c_contiguous
    assert values.dtype == np.float32
