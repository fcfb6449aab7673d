"""onsight.tools.enhance.upscale: enlarging in parts, with the networks in NumPy."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onsight.core.flow import Run, Stage, drive
from onsight.errors import ImageTooLargeError, InvalidOptionError, InvalidSpecError, ModelFailedError
from onsight.tools.enhance.upscale import MAX_OUTPUT_PIXELS, UPSCALERS, Upscaler
from tests.pictures import sample
from tests.upscaler_network import run

MODELS = Path(__file__).resolve().parents[1] / "models"
SCALES = (2, 4)


@pytest.fixture(scope="module")
def upscaler() -> Upscaler:
    return Upscaler.from_text([(MODELS / model / "model.json").read_text(encoding="utf-8") for model in UPSCALERS])


def in_parts(upscaler: Upscaler, side: int) -> Upscaler:
    """The same networks, given parts of at most ``side`` pixels."""
    specs = {}
    for scale, spec in upscaler.specs.items():
        assert spec.context is not None
        size = (side + 2 * spec.context, side + 2 * spec.context)
        specs[scale] = dataclasses.replace(spec, input=dataclasses.replace(spec.input, input_size=size))
    return Upscaler(specs)


def pixels_of(name: str, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(sample(name))) as image:
        return np.asarray(image.convert("RGB").crop(box))


def psnr(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    luma = np.array([0.299, 0.587, 0.114])
    return float(10 * np.log10(255**2 / np.mean(((a.astype(float) - b) @ luma) ** 2)))


def nothing_to_add(step: Run) -> dict[str, NDArray[np.float32]]:
    """A network that finds that Lanczos misses nothing."""
    (x,) = step.feeds.values()
    scale = int(step.model[-1])
    rows, columns = (scale * (side - 14) for side in x.shape[2:])
    return {step.fetches[0]: np.zeros((1, 1, rows, columns), np.float32)}


@pytest.mark.parametrize("scale", SCALES)
def test_a_picture_in_parts_is_the_picture_as_a_whole(upscaler: Upscaler, scale: int) -> None:
    pixels = pixels_of("chelsea", (100, 60, 161, 107))
    whole = drive(in_parts(upscaler, 100).upscale(pixels, scale), run).pixels
    parts = drive(in_parts(upscaler, 20).upscale(pixels, scale), run).pixels
    assert whole.shape == (47 * scale, 61 * scale, 3)
    # Sums in another order may round otherwise, and nothing more.
    difference = np.abs(whole.astype(int) - parts)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3


@pytest.mark.parametrize("scale", SCALES)
def test_without_the_network_parts_are_exactly_lanczos(upscaler: Upscaler, scale: int) -> None:
    pixels = pixels_of("chelsea", (100, 60, 161, 107))
    got = drive(in_parts(upscaler, 20).upscale(pixels, scale), nothing_to_add).pixels
    expected = Image.fromarray(pixels).resize((61 * scale, 47 * scale), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(got, np.asarray(expected))


@pytest.mark.parametrize(("scale", "least"), [(2, 0.7), (4, 0.5)])
def test_the_network_comes_nearer_to_the_original_than_lanczos(upscaler: Upscaler, scale: int, least: float) -> None:
    gains = []
    for name, corner in (("chelsea", (120, 60)), ("coffee", (180, 90))):
        truth = pixels_of(name, (*corner, corner[0] + 112, corner[1] + 112))
        small = Image.fromarray(truth).resize((112 // scale, 112 // scale), Image.Resampling.BICUBIC)
        lanczos = np.asarray(small.resize((112, 112), Image.Resampling.LANCZOS))
        network = drive(upscaler.upscale(np.asarray(small), scale), run).pixels
        gains.append(psnr(truth, network) - psnr(truth, lanczos))
    assert np.mean(gains) > least
    assert min(gains) > 0


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
def test_an_even_surface_stays_even_up_to_the_edge(upscaler: Upscaler, scale: int, level: int) -> None:
    got = drive(upscaler.upscale(np.full((9, 5, 3), level, np.uint8), scale), run).pixels
    assert np.abs(got.astype(int) - level).max() <= 1


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2)])
def test_tiny_pictures_grow(upscaler: Upscaler, scale: int, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    got = drive(upscaler.upscale(pixels, scale), run)
    assert got.pixels.shape == (size[0] * scale, size[1] * scale, 3)
    assert got.pixels.dtype == np.uint8
    assert got.pixels.flags.c_contiguous
    assert got.alpha is None


def test_grey_stays_grey(upscaler: Upscaler) -> None:
    grey = pixels_of("chelsea", (100, 60, 140, 100))[..., :1].repeat(3, axis=2)
    got = drive(upscaler.upscale(grey, 2), run).pixels
    assert np.ptp(got, axis=2).max() == 0


def cut_out(behind: tuple[int, int, int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A bright square of 24 pixels on nothing, and what colour that nothing has."""
    alpha = np.zeros((24, 24), np.uint8)
    alpha[6:18, 6:18] = 255
    alpha[6:18, 5] = alpha[6:18, 18] = 128
    pixels = np.where(alpha[..., None] > 0, np.array((250, 240, 90), np.uint8), np.array(behind, np.uint8))
    return pixels, alpha


@pytest.mark.parametrize("scale", SCALES)
def test_alpha_is_kept(upscaler: Upscaler, scale: int) -> None:
    pixels, alpha = cut_out((0, 0, 0))
    got = drive(upscaler.upscale(pixels, scale, alpha), run).alpha
    assert got is not None
    assert got.shape == (24 * scale, 24 * scale)
    assert set(got[: 3 * scale].ravel()) == {0}
    assert set(got[9 * scale : 15 * scale, 9 * scale : 15 * scale].ravel()) == {255}


@pytest.mark.parametrize("scale", SCALES)
def test_colours_that_nobody_sees_do_not_stain_the_edge(upscaler: Upscaler, scale: int) -> None:
    results = [
        drive(upscaler.upscale(pixels, scale, alpha), run)
        for pixels, alpha in (cut_out((0, 0, 0)), cut_out((255, 0, 255)))
    ]
    assert results[0].alpha is not None
    visible = results[0].alpha > 0
    np.testing.assert_array_equal(results[0].pixels[visible], results[1].pixels[visible])
    assert np.abs(results[0].pixels[visible].astype(int) - (250, 240, 90)).max() <= 12


def test_progress_rises_and_names_the_part_that_is_done(upscaler: Upscaler) -> None:
    stages: list[Stage] = []
    pixels = np.zeros((50, 30, 3), np.uint8)
    drive(in_parts(upscaler, 20).upscale(pixels, 2), nothing_to_add, stages.append)
    assert stages == [Stage("upscale", done / 6) for done in range(6)]


def test_work_stops_between_two_parts(upscaler: Upscaler) -> None:
    looked: list[Run] = []

    def counting(step: Run) -> dict[str, NDArray[np.float32]]:
        looked.append(step)
        return nothing_to_add(step)

    def stop_at_the_third(_stage: Stage) -> None:
        if len(looked) == 2:
            raise KeyboardInterrupt

    flow = in_parts(upscaler, 20).upscale(np.zeros((50, 30, 3), np.uint8), 2)
    with pytest.raises(KeyboardInterrupt):
        drive(flow, counting, stop_at_the_third)
    assert len(looked) == 2
    with pytest.raises(StopIteration):
        next(flow)


def test_parts_are_no_larger_than_the_network_is_meant_for(upscaler: Upscaler) -> None:
    shapes: set[tuple[int, ...]] = set()

    def noting(step: Run) -> dict[str, NDArray[np.float32]]:
        (x,) = step.feeds.values()
        assert x.dtype == np.float32
        assert x.flags.c_contiguous
        shapes.add(x.shape[2:])
        return nothing_to_add(step)

    got = drive(upscaler.upscale(np.zeros((500, 193, 3), np.uint8), 4), noting)
    assert got.pixels.shape == (2000, 772, 3)
    height, width = upscaler.specs[4].input.input_size
    assert {h <= height and w <= width for h, w in shapes} == {True}
    assert min(min(shape) for shape in shapes) > 100  # no slivers


def test_what_would_be_too_large_is_refused_before_any_work(upscaler: Upscaler) -> None:
    with pytest.raises(
        ImageTooLargeError, match=r"16,000 × 12,000 pixels \(192 megapixels\), but the limit is 64 "
    ) as caught:
        upscaler.check(3000, 4000, 4)
    assert caught.value.code == "image_too_large"
    assert caught.value.detail == {"width": 16_000, "height": 12_000, "max_pixels": MAX_OUTPUT_PIXELS}
    upscaler.check(3000, 4000, 2)
    upscaler.check(2000, 2000, 4)
    huge = np.broadcast_to(np.uint8(0), (4001, 4001, 3))
    with pytest.raises(ImageTooLargeError):
        next(upscaler.upscale(huge, 2))


@pytest.mark.parametrize("scale", [0, 1, 3, 8, "2", None])
def test_other_scales_are_refused(upscaler: Upscaler, scale: Any) -> None:
    with pytest.raises(InvalidOptionError, match="2 or 4 times"):
        next(upscaler.upscale(np.zeros((4, 4, 3), np.uint8), scale))


def test_a_network_that_says_nothing_is_an_error(upscaler: Upscaler) -> None:
    flow = upscaler.upscale(np.zeros((4, 4, 3), np.uint8), 2)
    next(flow), next(flow)
    with pytest.raises(ModelFailedError):
        flow.send(None)


def test_other_models_are_no_upscalers() -> None:
    text = (MODELS / "ssdlite-mobilenet-v2" / "model.json").read_text(encoding="utf-8")
    with pytest.raises(InvalidSpecError, match="ssdlite"):
        Upscaler.from_text([text])
