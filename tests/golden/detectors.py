"""Make detectors.npz: what TensorFlow.js makes of a sample picture with the unchanged detectors.

Run ``python -m tests.golden.detectors FOLDER`` at the root of the repository, where FOLDER holds what
``detectors.mjs`` wrote. That is run first, in a folder in which ``npm install @tensorflow/tfjs@4.22.0`` was done
and in which the two packages are unpacked; its head says how. Nothing that is tested takes part.

``<network>_pixels`` uint8 [h, w, 3] is the picture before each pixel is repeated 8 (centernet) or 5 (ssdlite)
times along both sides; the outputs, laid out as the converted networks have them, are flattened and every
`STEP`-th value is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from onsight.tools.detect.exports.coco import COCO_IDS

HERE = Path(__file__).resolve().parent
STEP = 37
REPEATS = {"centernet": 8, "ssdlite": 5}


def main(folder: Path) -> None:
    """Write the file."""

    def read(name: str, *shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.fromfile(folder / f"{name}.f32", "<f4").reshape(shape)

    outputs = {
        "heat_map": read("heat_map", 128, 128, 80).transpose(2, 0, 1),
        "distances": read("distances", 128, 128, 4).transpose(2, 0, 1),
        "boxes": read("boxes", 1917, 4),
        "scores": read("scores", 1917, 91)[:, list(COCO_IDS)],
    }
    arrays = {name: output.ravel()[::STEP] for name, output in outputs.items()}
    for network in REPEATS:
        arrays[f"{network}_pixels"] = np.load(folder / f"{network}.npy")
    np.savez_compressed(HERE / "detectors.npz", allow_pickle=False, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
