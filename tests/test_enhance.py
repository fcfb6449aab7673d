"""onsight.tools.enhance.task: previews, exports, analyses."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from onsight.core.flow import Flow, drive
from onsight.core.options import options_from
from onsight.core.results import OutputFile
from onsight.errors import ImageTooLargeError, InvalidOptionError
from onsight.image import decode
from onsight.tools.enhance import task as enhance
from onsight.tools.enhance.development import Development
from onsight.tools.enhance.geometry import Shape
from onsight.tools.enhance.options import EnhanceOptions, EnhancePreviewOptions
from onsight.tools.enhance.results import EnhancePreview
from onsight.tools.enhance.settings import NEUTRAL, RANGES, EnhanceSettings
from onsight.tools.enhance.upscale import UPSCALERS, Upscaler
from tests import upscaler_network
from tests.pictures import encode, exif, photo, sample, stored_for
from tests.without_networks import no_network, no_upscaler

MODELS = Path(__file__).resolve().parents[1] / "models"
STRONG: dict[str, Any] = {
    "exposure": 1.5, "contrast": 60, "highlights": -80, "shadows": 80, "temperature": 50, "tint": -50,
    "saturation": 60, "vibrance": 60, "clarity": 60, "dehaze": 60, "denoise": 60, "denoise_colour": 60,
    "sharpen": 80, "black_and_white": True,
}  # fmt: skip


Answer = TypeVar("Answer")


def run(flow: Flow[Answer]) -> Answer:
    return drive(flow, no_network)


def preview(
    data: bytes, settings: EnhanceSettings = NEUTRAL, **options: Any
) -> tuple[EnhancePreview, NDArray[np.uint8]]:
    chosen = EnhancePreviewOptions(settings=settings, **options)
    shown = enhance.make_preview(run(enhance.prepare_preview(data, chosen)), chosen)
    return shown, np.frombuffer(shown.data, np.uint8).reshape(shown.height, shown.width, 4)


def export(data: bytes, settings: EnhanceSettings = NEUTRAL, **options: Any) -> tuple[OutputFile, NDArray[np.uint8]]:
    file = run(enhance.enhance(data, EnhanceOptions(settings=settings, **options), no_upscaler))
    with Image.open(io.BytesIO(file.data)) as image:
        return file, np.asarray(image)


def test_neutral_settings_change_no_pixel() -> None:
    upright = photo(120, 80)
    data = encode(upright, "PNG")
    np.testing.assert_array_equal(preview(data)[1][..., :3], np.asarray(upright))
    file, pixels = export(data, name="a/b.c.png")
    assert (file.name, file.media_type) == ("b.c-enhanced.png", "image/png")
    np.testing.assert_array_equal(pixels, np.asarray(upright))


@pytest.mark.parametrize("name", STRONG)
def test_every_control_changes_the_picture(name: str) -> None:
    data = sample("coffee")
    before, after = (
        preview(data, max_side=300)[1],
        preview(data, EnhanceSettings(**{name: STRONG[name]}), max_side=300)[1],
    )
    assert np.abs(before.astype(int) - after).mean() > 0.2
    assert (after[..., 3] == 255).all()


@pytest.mark.parametrize("name", [*STRONG, "all"])
def test_preview_in_full_size_is_the_export(name: str) -> None:
    chosen = STRONG if name == "all" else {name: STRONG[name]}
    settings = EnhanceSettings(**chosen)
    data = encode(Image.open(io.BytesIO(sample("chelsea"))), "PNG")
    shown, pixels = preview(data, settings)
    assert (shown.full_width, shown.full_height) == (shown.width, shown.height) == (451, 300)
    difference = np.abs(pixels[..., :3].astype(int) - export(data, settings)[1])
    assert difference.max() <= 1


def test_nothing_is_clipped_that_was_not() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(1, 255, (60, 90, 3), np.uint8)
    data = encode(Image.fromarray(pixels), "PNG")
    for settings in (
        EnhanceSettings(exposure=2, shadows=100, highlights=100, clarity=100),
        EnhanceSettings(temperature=100, tint=-100, saturation=100, vibrance=100, contrast=100),
        EnhanceSettings(sharpen=100, dehaze=-80),
    ):
        assert preview(data, settings)[1][..., :3].max() < 255


def test_preview_of_a_slider_is_the_same_whatever_was_shown_before() -> None:
    development = Development.of(decode(sample("chelsea")))
    shape = Shape()
    chosen: dict[str, Any]
    for chosen in (STRONG, {"exposure": 1}, {"denoise": 30, "dehaze": 20}, {"sharpen": 10, "shadows": 30}):
        settings = EnhanceSettings(**chosen)
        fresh = Development.of(decode(sample("chelsea")))
        np.testing.assert_array_equal(development.preview(settings, shape, 200), fresh.preview(settings, shape, 200))


@pytest.mark.parametrize("name", [*STRONG, "straighten", "all"])
def test_draft_is_the_preview_in_half_the_size(name: str) -> None:
    chosen = {**STRONG, "straighten": 5}
    settings = EnhanceSettings(**(chosen if name == "all" else {name: chosen[name]}))
    data = sample("coffee")
    full, draft = (preview(data, settings, max_side=400, draft=draft)[1] for draft in (False, True))
    assert abs(draft.shape[0] - full.shape[0] / 2) <= 1
    assert abs(draft.shape[1] - full.shape[1] / 2) <= 1
    half = Image.fromarray(full).resize(draft.shape[1::-1], Image.Resampling.BOX)
    difference = np.abs(np.asarray(half).astype(int) - draft)
    assert difference[8:-8, 8:-8].mean() < (10 if name == "all" else 5)


def test_a_draft_leaves_what_follows_as_it_is() -> None:
    development = Development.of(decode(sample("chelsea")))
    settings = EnhanceSettings(denoise=30, denoise_colour=30, sharpen=30, shadows=20, dehaze=10)
    before = development.preview(settings, Shape(), 300)
    development.preview(
        EnhanceSettings(straighten=3, dehaze=30, shadows=40, sharpen=10), Shape(0, 3.0), 300, draft=True
    )
    np.testing.assert_array_equal(development.preview(settings, Shape(), 300), before)


@pytest.mark.parametrize("orientation", [1, 6])
def test_export_of_a_turned_photo_is_upright(orientation: int) -> None:
    upright = photo(60, 40)
    data = encode(stored_for(upright, orientation), "TIFF", exif=exif(orientation))
    np.testing.assert_array_equal(export(data)[1], np.asarray(upright))


def test_rotate_and_crop() -> None:
    upright = np.asarray(photo(60, 40))
    data = encode(Image.fromarray(upright), "PNG")
    settings = EnhanceSettings(rotate=90, crop=(0.25, 0.5, 1, 1))
    np.testing.assert_array_equal(export(data, settings)[1], np.rot90(upright, -1)[30:, 10:])
    shown, pixels = preview(data, settings)
    np.testing.assert_array_equal(pixels[..., :3], np.rot90(upright, -1)[30:, 10:])
    assert (shown.full_width, shown.full_height) == (30, 30)


def test_region_shows_a_part_of_the_finished_picture_at_full_size() -> None:
    data = encode(Image.open(io.BytesIO(sample("coffee"))), "PNG")  # 600 × 400
    settings = EnhanceSettings(crop=(0.5, 0, 1, 1), exposure=0.5)
    shown, pixels = preview(data, settings, max_side=100, region=(0.5, 0.5, 0.75, 0.75))
    whole = export(data, settings)[1]
    assert (shown.width, shown.height) == (75, 100)
    np.testing.assert_array_equal(pixels[..., :3], whole[200:300, 150:225])


def test_options_come_as_plain_data() -> None:
    options = options_from(EnhancePreviewOptions, {"settings": {"exposure": 1, "crop": [0, 0, 1, 0.5]}})
    assert options.settings == EnhanceSettings(exposure=1.0, crop=(0.0, 0.0, 1.0, 0.5))
    assert options_from(EnhanceOptions, {"settings": options.settings}).settings == options.settings


@pytest.mark.parametrize("name", RANGES)
def test_values_outside_of_their_range_are_refused(name: str) -> None:
    low, high = RANGES[name]
    value: Any
    for value in (low - 0.1, high + 0.1, "much", None, True, float("nan")):
        with pytest.raises(InvalidOptionError, match=name):
            EnhanceSettings(**{name: value})


BAD = [
    {"rotate": 45}, {"upscale": 3}, {"max_side": -1}, {"crop": (0, 0, 1)}, {"crop": (0.5, 0, 0.5, 1)},
    {"crop": (0, 0, 2, 1)}, {"black_and_white": 1},
]  # fmt: skip


@pytest.mark.parametrize("values", BAD)
def test_nonsense_is_refused_in_a_sentence(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        options_from(EnhanceOptions, {"settings": values})
    assert caught.value.message.endswith(".")


def test_dark_picture_is_brightened_and_told_so() -> None:
    with Image.open(io.BytesIO(sample("coffee"))) as image:
        dark = image.convert("RGB").point([level // 2 for level in range(256)] * 3)
    analysis = run(enhance.analyse(encode(dark, "PNG")))
    assert analysis.settings.exposure > 0
    assert "brightened the picture" in analysis.changes
    assert analysis.summary.startswith("Brightened the picture")
    assert [preset.id for preset in analysis.presets] == ["auto", "vivid", "low-light", "document", "black-and-white"]
    by_auto = export(encode(dark, "PNG"), auto=True)[1]
    np.testing.assert_array_equal(by_auto, export(encode(dark, "PNG"), analysis.settings)[1])


@pytest.mark.parametrize("has_alpha", [False, True])
def test_upscale_enlarges_the_finished_picture_and_says_how_far_it_is(has_alpha: bool) -> None:
    upscaler = Upscaler.from_text([(MODELS / name / "model.json").read_text(encoding="utf-8") for name in UPSCALERS])
    upright = photo(24, 16)
    if has_alpha:
        upright.putalpha(Image.linear_gradient("L").resize((24, 16)))
    stages = []
    settings = EnhanceSettings(upscale=2, rotate=90, exposure=0.5)
    flow = enhance.enhance(encode(upright, "PNG"), EnhanceOptions(settings=settings), lambda: upscaler)
    file = drive(flow, upscaler_network.run, lambda stage: stages.append((stage.name, stage.fraction)))
    with Image.open(io.BytesIO(file.data)) as image:
        assert image.size == (32, 48)
        assert image.mode == ("RGBA" if has_alpha else "RGB")
        small = np.asarray(image.convert("RGBA").resize((16, 24), Image.Resampling.BOX), float)
    plain = export(encode(upright, "PNG"), dataclasses.replace(settings, upscale=1))[1].astype(float)
    assert np.abs(small[..., : plain.shape[2]] - plain)[2:-2, 2:-2].mean() < 6
    assert ("enhance", 1.0) in stages
    assert ("upscale", 0.0) in stages


def test_what_would_be_too_large_is_refused_before_any_work() -> None:
    upscaler = Upscaler.from_text([(MODELS / name / "model.json").read_text(encoding="utf-8") for name in UPSCALERS])
    data = encode(Image.new("RGB", (3000, 2000)), "PNG")
    stages = []
    with pytest.raises(ImageTooLargeError):
        drive(
            enhance.enhance(data, EnhanceOptions(settings=EnhanceSettings(upscale=4)), lambda: upscaler),
            no_network,
            lambda stage: stages.append(stage.name),
        )
    assert "enhance" not in stages


@pytest.mark.parametrize(("format", "mode"), [("png", "RGBA"), ("webp", "RGBA"), ("jpeg", "RGB"), ("", "RGBA")])
def test_transparency_is_kept_where_the_format_has_it(format: str, mode: str) -> None:
    upright = photo(40, 30).convert("RGBA")
    upright.paste((255, 0, 0, 0), (0, 0, 20, 30))
    data = encode(upright, "PNG")
    file = run(enhance.enhance(data, EnhanceOptions(format=format), no_upscaler))
    with Image.open(io.BytesIO(file.data)) as image:
        assert image.mode == mode
        corner = image.convert("RGBA").getpixel((5, 15))
    assert isinstance(corner, tuple)
    assert corner[3] == 0 if mode == "RGBA" else min(corner) > 245
    assert preview(data)[1][15, 5, 3] == 0


def test_good_picture_is_left_alone() -> None:
    analysis = run(enhance.analyse(sample("coffee")))
    assert analysis.settings == NEUTRAL
    assert analysis.changes == ()
    assert analysis.summary.endswith(".")


@pytest.mark.parametrize(("name", "word"), [("noise", "grain"), ("blur", "sharpened"), ("cast", "yellow cast")])
def test_auto_brings_a_degraded_picture_nearer_to_the_original(name: str, word: str) -> None:
    with Image.open(io.BytesIO(sample("coffee"))) as image:
        original = np.asarray(image.convert("RGB"))
    if name == "noise":
        degraded = np.clip(original + np.random.default_rng(0).normal(0, 15, original.shape), 0, 255).astype(np.uint8)
    elif name == "blur":
        degraded = np.asarray(Image.fromarray(original).filter(ImageFilter.GaussianBlur(1.5)))
    else:
        degraded = np.rint(original * np.array([1.0, 0.9, 0.6])).astype(np.uint8)
    analysis = run(enhance.analyse(encode(Image.fromarray(degraded), "PNG")))
    assert word in analysis.summary.lower()
    after = export(encode(Image.fromarray(degraded), "PNG"), analysis.settings)[1]

    def distance(pixels: NDArray[np.uint8]) -> float:
        return float(np.mean((pixels.astype(float) - original) ** 2))

    assert distance(after) < 0.85 * distance(degraded)
