"""Fit the two weights and the bias of a cast's red and blue: `onsight.tools.enhance.analysis.CAST_WEIGHTS`.

python -m models.enhance.fit FOLDER [--limit N]

Adds random casts (in stops of linear light, normally distributed) to the photographs of the tuning half, except every
sixth, and fits a ridge regression that estimates them from the edges. Prints the weights, and the remaining error on
every second picture of the other half: for good pictures, and for those with a cast.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.enhance.evaluate import pictures
from onsight.image import decode as open_picture
from onsight.tools.enhance.analysis import edge_stops
from onsight.tools.enhance.tone import LUMA, decode, encode

Floats = NDArray[np.float64]

_SIDE = 256
_CASTS = 6
_SIGMA = 0.45
_RIDGE = 10.0
_COLOURLESS = 3.0
"""Mean difference between channels below which a picture is black and white, and is skipped."""


def examples(paths: Sequence[Path], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the edge features, [n, 3] with a 1 at the end, and the casts, [n, 2] in stops of red and blue."""
    known, casts = [], []
    for path in paths:
        image = Image.fromarray(open_picture(path.read_bytes()).pixels)
        image.thumbnail((_SIDE, _SIDE))
        pixels = np.asarray(image)
        if np.ptp(pixels.astype(int), axis=2).mean() < _COLOURLESS:
            continue
        for number in range(_CASTS):
            red, blue = rng.normal(0, _SIGMA, 2) if number else (0.0, 0.0)
            gains = np.exp2(np.array([red, 0.0, blue]))
            lit = np.clip(decode(pixels / 255) * (gains / np.dot(gains, LUMA)), 0, 1)
            known.append((*edge_stops(np.rint(255 * encode(lit)).astype(np.uint8)), 1.0))
            casts.append((red, blue))
    return np.array(known), np.array(casts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="models.enhance.fit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="photographs")
    parser.add_argument("--limit", type=int, help="how many pictures of each half at most")
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    known, casts = examples(pictures(options.folder, "tuning", options.limit), rng)
    weights = np.linalg.solve(known.T @ known + _RIDGE * np.eye(3), known.T @ casts)
    for name, row in zip(("red", "blue"), weights.T, strict=True):
        print(name, " ".join(f"{value:.3f}" for value in row))
    known, casts = examples(pictures(options.folder, "reporting", options.limit)[::2], rng)
    error = np.sqrt(((known @ weights - casts) ** 2).mean(axis=1))
    is_good = (casts == 0).all(axis=1)
    print(f"error in stops: {error[is_good].mean():.3f} without a cast, {error[~is_good].mean():.3f} with one")
    print(f"casts: {np.sqrt((casts[~is_good] ** 2).mean()):.3f} stops in each of red and blue")
    return 0


if __name__ == "__main__":
    sys.exit(main())
