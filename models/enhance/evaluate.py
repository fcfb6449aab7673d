"""Compare Auto's results on degraded pictures with the originals.

python -m models.enhance.evaluate FOLDER [--half tuning|reporting] [--limit N] [--side N]

Prints a table: PSNR (RGB) and SSIM (mean of the channels) of the degraded picture and of Auto's result, averaged over
the pictures, and the share of pictures that became better, worse, or stayed unchanged. Every second picture by name,
starting with the first, was used while Auto was fitted: the half `tuning`.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

from models.enhance.degradations import DEGRADATIONS
from onsight.core.options import declared_options
from onsight.core.results import ImageInfo
from onsight.image import decode
from onsight.image.decoding import DecodedImage
from onsight.tools.enhance import auto
from onsight.tools.enhance.analysis import measure
from onsight.tools.enhance.development import Development
from onsight.tools.enhance.settings import NEUTRAL, EnhanceSettings

Pixels = NDArray[np.uint8]
LIMIT_DB = 60.0
"""PSNR that an unchanged picture counts as."""
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result for one picture and one degradation.

    Attributes:
        name: Name of the picture.
        degradation: Name of the degradation.
        before: PSNR in dB and SSIM of the degraded picture.
        after: The same for Auto's result.
        settings: What Auto did.
    """

    name: str
    degradation: str
    before: tuple[float, float]
    after: tuple[float, float]
    settings: EnhanceSettings


def psnr(one: Pixels, other: Pixels) -> float:
    """Return the peak signal-to-noise ratio in dB, at most `LIMIT_DB`."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return min(LIMIT_DB, 10 * math.log10(255**2 / max(error, 1e-12)))


def ssim(one: Pixels, other: Pixels) -> float:
    """Return the structural similarity, the mean of the channels'."""
    similarity = structural_similarity(
        one, other, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return float(similarity)


def enhanced(pixels: Pixels) -> tuple[Pixels, EnhanceSettings]:
    """Return Auto's result for a picture."""
    height, width = pixels.shape[:2]
    development = Development.of(DecodedImage(pixels, ImageInfo(width, height, "PNG")))
    settings = auto.propose(measure(pixels, development.context))
    if settings == NEUTRAL:
        return pixels, settings
    for _, out in development.export(settings):
        finished = out
    return finished, settings


def outcomes(path: Path, names: Sequence[str], side: int) -> list[Outcome]:
    """Degrade and enhance one picture in every way."""
    image = Image.fromarray(decode(path.read_bytes()).pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    original = np.asarray(image)
    found = []
    for name in names:
        degraded = DEGRADATIONS[name](original)
        after, settings = enhanced(degraded)
        before = (psnr(degraded, original), ssim(degraded, original))
        changed = before if settings == NEUTRAL else (psnr(after, original), ssim(after, original))
        found.append(Outcome(path.name, name, before, changed, settings))
    return found


def report(found: Sequence[Outcome]) -> str:
    """Return the table."""
    lines = [
        "| degradation | PSNR | after Auto | SSIM | after Auto | better | unchanged | worse |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in dict.fromkeys(outcome.degradation for outcome in found):
        mine = [outcome for outcome in found if outcome.degradation == name]
        before, after = (np.mean([getattr(one, when) for one in mine], axis=0) for when in ("before", "after"))
        gains = np.array([one.after[0] - one.before[0] for one in mine])
        alone = np.array([one.settings == NEUTRAL for one in mine])
        parts = ((gains > 0) & ~alone, alone, (gains <= 0) & ~alone)
        share = [f"{part.mean():.0%}".replace("%", " %") for part in parts]
        lines.append(
            f"| {name} | {before[0]:.2f} | {after[0]:.2f} | {before[1]:.3f} | {after[1]:.3f} | {' | '.join(share)} |"
        )
    return "\n".join(lines)


def pictures(folder: Path, half: str | None, limit: int | None) -> list[Path]:
    """Return the files in a folder, or every second one, evenly reduced to at most ``limit``."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if half:
        paths = paths[0 if half == "tuning" else 1 :: 2]
    if limit and limit < len(paths):
        paths = [paths[index * len(paths) // limit] for index in range(limit)]
    return paths


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="models.enhance.evaluate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="photographs")
    parser.add_argument("--half", choices=("tuning", "reporting"), help="every second picture only")
    parser.add_argument("--limit", type=int, help="how many pictures at most")
    parser.add_argument("--side", type=int, default=800, help="longest side that pictures are reduced to (default 800)")
    parser.add_argument("--only", nargs="+", choices=DEGRADATIONS, default=list(DEGRADATIONS), help="degradations")
    parser.add_argument("--each", action="store_true", help="print what was done to each picture, too")
    options = parser.parse_args(arguments)
    paths = pictures(options.folder, options.half, options.limit)
    with ProcessPoolExecutor() as pool:
        found = [
            outcome
            for batch in pool.map(outcomes, paths, [options.only] * len(paths), [options.side] * len(paths))
            for outcome in batch
        ]
    if options.each:
        for one in found:
            changed = {
                name: getattr(one.settings, name)
                for name in declared_options(EnhanceSettings)
                if getattr(one.settings, name) != getattr(NEUTRAL, name)
            }
            print(f"{one.name}: {one.degradation}: {one.after[0] - one.before[0]:+.2f} dB {changed}")
    print(f"{len(paths)} pictures")
    print(report(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
