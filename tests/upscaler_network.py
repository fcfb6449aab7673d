"""The enlarging networks in plain NumPy: what they give, wherever onnxruntime is not."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Run, Tensors

MODELS = Path(__file__).resolve().parents[1] / "models"


def residual(weights: dict[str, NDArray[np.float16]], x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a network makes of luminance [n, 1, h, w]: 3×3 convolutions, leaky ReLU, pixel shuffle."""
    layers = len(weights) // 2
    for index in range(layers):
        kernel, bias = (weights[f"{part}_{index}"].astype(np.float32) for part in ("kernel", "bias"))
        rows, columns = x.shape[2] - 2, x.shape[3] - 2
        y = np.zeros((len(x), len(bias), rows, columns), np.float32) + bias[:, None, None]
        for row in range(3):
            for column in range(3):
                moved = x[:, :, row : row + rows, column : column + columns]
                y += np.einsum("oi,nihw->nohw", kernel[:, :, row, column], moved, optimize=True)
        x = y if index == layers - 1 else np.where(y > 0, y, np.float32(0.1) * y)
    n, channels, rows, columns = x.shape
    scale = round(channels**0.5)
    shuffled = x.reshape(n, scale, scale, rows, columns).transpose(0, 3, 1, 4, 2)
    return shuffled.reshape(n, 1, rows * scale, columns * scale)


@functools.cache
def weights_of(model: str) -> dict[str, NDArray[np.float16]]:
    with np.load(MODELS / model / "weights.npz") as arrays:
        return dict(arrays)


def run(step: Run) -> Tensors:
    """Run the network that a task asks for."""
    (x,) = step.feeds.values()
    return {step.fetches[0]: residual(weights_of(step.model), x)}
