"""Evaluate the shipped upscaling networks, run as in the product.

::

    python -m models.upscale.evaluate FOLDER… [--all]

Pictures are reduced with Pillow's bicubic filter, enlarged again, and compared in luminance. Only the pictures that
training held out are used, unless ``--all`` is given.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.upscale.pictures import PicturesError, find, is_held_out
from onsight.core.flow import Run, Tensors, drive
from onsight.engine import load_session
from onsight.networks.model_cache import find_model
from onsight.tools.enhance.upscale import UPSCALERS, Upscaler

LUMA = np.array([0.299, 0.587, 0.114])


def psnr(truth: NDArray[np.uint8], image: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio of luminance (BT.601, not rounded) in dB; pictures are RGB."""
    difference = (truth.astype(np.float64) - image) @ LUMA
    return 10 * math.log10(255**2 / max(float(np.mean(difference**2)), 1e-10))


def measure(path: Path, scale: int, upscaler: Upscaler, run: Callable[[Run], Tensors]) -> tuple[float, float, float]:
    """Return the PSNR of bicubic, Lanczos and the network for one picture."""
    with Image.open(path) as image:
        width, height = (side // scale for side in image.size)
        truth = image.convert("RGB").crop((0, 0, width * scale, height * scale))
    small = truth.resize((width, height), Image.Resampling.BICUBIC)
    enlarged = drive(upscaler.upscale(np.asarray(small), scale), run).pixels
    filters = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
    images = [np.asarray(small.resize(truth.size, resampling)) for resampling in filters]
    bicubic, lanczos, network = (psnr(np.asarray(truth), image) for image in (*images, enlarged))
    return bicubic, lanczos, network


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.upscale.evaluate", description="Evaluate the upscalers.")
    parser.add_argument("folders", type=Path, nargs="+", help="folders of pictures")
    parser.add_argument("--all", action="store_true", help="use every picture, not only the held-out ones")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--each", action="store_true", help="also print a line for each picture")
    options = parser.parse_args(arguments)
    try:
        paths = [path for path in find(options.folders) if options.all or is_held_out(path)]
    except PicturesError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    folders = [find_model(model) for model in UPSCALERS]
    upscaler = Upscaler.from_text([(folder / "model.json").read_text(encoding="utf-8") for folder in folders])
    sessions = {folder.name: load_session(folder, options.threads) for folder in folders}

    def run(step: Run) -> Tensors:
        outputs = sessions[step.model].run(list(step.fetches), dict(step.feeds))
        return dict(zip(step.fetches, outputs, strict=True))

    print(f"{len(paths)} pictures, PSNR of luminance in dB")
    print()
    print("| | bicubic | Lanczos | network | gain over Lanczos | lowest gain |")
    print("|---|---|---|---|---|---|")
    for scale in sorted(upscaler.specs):
        rows = np.array([measure(path, scale, upscaler, run) for path in paths])
        gains = rows[:, 2] - rows[:, 1]
        means = " | ".join(f"{value:.2f}" for value in rows.mean(axis=0))
        print(f"| ×{scale} | {means} | **{gains.mean():+.2f}** | {gains.min():+.2f} |", flush=True)
        if options.each:
            for path, gain in zip(paths, gains, strict=True):
                print(f"    {path.name}: {gain:+.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
