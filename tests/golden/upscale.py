"""Write ``upscale.npz``: what PyTorch makes of a noisy ramp with the weights of the enlarging networks.

python -m tests.golden.upscale; needs PyTorch, which nothing else here does.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
MODELS = ("upscale-x2", "upscale-x4")


def main() -> None:
    """Write the file beside this one."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(-0.5, 0.5, 28, dtype=np.float32)[:, None] * np.linspace(1, -1, 24, dtype=np.float32)
    arrays = {"luminance": np.clip(ramp + rng.normal(0, 0.1, ramp.shape), -0.5, 0.5).astype(np.float32)[None, None]}
    for model in MODELS:
        with np.load(ROOT / "models" / model / "weights.npz") as file:
            weights = {name: torch.from_numpy(array.astype(np.float32)) for name, array in file.items()}
        x = torch.from_numpy(arrays["luminance"])
        layers = len(weights) // 2
        for index in range(layers):
            x = functional.conv2d(x, weights[f"kernel_{index}"], weights[f"bias_{index}"])
            if index < layers - 1:
                x = functional.leaky_relu(x, 0.1)
        arrays[model] = functional.pixel_shuffle(x, round(x.shape[1] ** 0.5)).numpy()
    np.savez_compressed(Path(__file__).with_suffix(".npz"), allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
