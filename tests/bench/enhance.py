"""Measure Enhance in Chromium: how soon a preview follows a slider, how long a megapixel of the finished file takes.

python -m tests.bench.enhance [--runs N] [--megapixels N]    needs a built dist/; tests.bench.tools measures it, too

Prints JSON, medians in milliseconds as the page sees them: from the call until the browser has painted. Each slider is
moved from one value to another on a preview of 1600 pixels, alone and with others already set: as the draft of half
the size that stands for a slow view while a slider is moved, and in full, as the picture comes when it rests. Both are
drawn to a canvas.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from typing import Any

from playwright.sync_api import Page

from tests.bench.page import opened
from tests.bench.samples import photograph

SLIDERS = {
    "exposure": (0.5, 0.55), "contrast": (10, 12), "highlights": (-20, -22), "shadows": (20, 22),
    "temperature": (10, 12), "saturation": (20, 22), "vibrance": (20, 22), "clarity": (20, 22), "dehaze": (20, 22),
    "denoise": (30, 32), "denoise_colour": (30, 32), "sharpen": (30, 32), "straighten": (1, 1.1),
}  # fmt: skip
"""Slider → the two values that it is moved between."""
OTHERS = {"exposure": 0.3, "contrast": 10, "shadows": 20, "temperature": 10, "vibrance": 20}
"""What a person may have set before."""

MOVE = """async ([name, slider, values, others, runs, draft]) => {
  const canvas = document.createElement("canvas");
  document.body.append(canvas);
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const show = async (value) => {
    const settings = { ...others, [slider]: value };
    const { data, width, height } = await onsight.enhancePreview(pictures[name], settings, { draft, urgent: true });
    const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
    await painted();
  };
  await show(values[0]);
  const times = [];
  for (let run = 1; run <= runs; run++) {
    const started = performance.now();
    await show(values[run % 2]);
    times.push(performance.now() - started);
  }
  canvas.remove();
  return times;
}"""

EXPORT = """async ([name, settings]) => {
  const started = performance.now();
  await onsight.enhance(pictures[name], settings);
  return performance.now() - started;
}"""


def measure(page: Page, name: str, megapixels: float, runs: int) -> dict[str, Any]:
    """Return the figures.

    Args:
        page: Whose globals hold ``onsight`` and the prepared ``pictures``.
        name: Of the picture, a photograph.
        megapixels: How many it has.
        runs: How often each slider is moved.
    """

    def moved(slider: str, others: dict[str, float], *, draft: bool) -> float:
        times = page.evaluate(MOVE, [name, slider, SLIDERS[slider], others, runs, draft])
        return round(float(statistics.median(times)), 1)

    def exported(settings: dict[str, float]) -> float:
        return round(float(page.evaluate(EXPORT, [name, settings])) / megapixels, 1)

    everything = {slider: values[0] for slider, values in SLIDERS.items() if slider != "straighten"}
    return {
        "draft_ms": {slider: moved(slider, {}, draft=True) for slider in SLIDERS},
        "draft_with_others_ms": {slider: moved(slider, OTHERS, draft=True) for slider in SLIDERS},
        "preview_ms": {slider: moved(slider, {}, draft=False) for slider in SLIDERS},
        "preview_with_others_ms": {slider: moved(slider, OTHERS, draft=False) for slider in SLIDERS},
        "export_ms_per_megapixel": {
            "nothing changed": exported({}),
            "light and colour": exported(OTHERS),
            "everything": exported(everything),
        },
    }


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="tests.bench.enhance", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="moves of each slider to take the median of (default 9)")
    parser.add_argument("--megapixels", type=float, default=12, help="size of the JPEG (default 12)")
    options = parser.parse_args()
    with opened() as engine:
        engine.prepare("photo", photograph(options.megapixels))
        print(json.dumps(measure(engine.page, "photo", options.megapixels, options.runs), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
