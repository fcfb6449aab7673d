"""Make efficientnet-lite2.npz: what the reference makes of two sample pictures.

Run ``python -m tests.golden.efficientnet_lite2`` at the root of the repository. Nothing that is tested takes part:
pixels come from Pillow, arithmetic is float64, and the network is converted with its weights left as they are.

``<picture>_pixels`` uint8 [260, 260, 3] is the cropped and resampled picture, ``<picture>_logits`` float32 [1000] the
network's answer to it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from models.convert import build
from onsight.networks.model_cache import cache_folder

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PICTURES = ("chelsea", "astronaut")


def main() -> None:
    """Write the file."""
    skimage = find_spec("skimage")
    if skimage is None or skimage.origin is None:
        raise SystemExit("The sample pictures come with scikit-image, which is not installed.")
    model = build(ROOT / "models" / "efficientnet-lite2", cache_folder() / "downloads", "fp32")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    arrays = {}
    for name in PICTURES:
        with Image.open(Path(skimage.origin).parent / "data" / f"{name}.png") as file:
            image = file.convert("RGB")
        side = min(image.size) * 260 / 292
        left, top = (image.width - side) / 2, (image.height - side) / 2
        box = (left, top, left + side, top + side)
        pixels = np.asarray(image.resize((260, 260), Image.Resampling.BICUBIC, box))
        pixel_values = ((pixels.astype(np.float64) - 127) / 128).transpose(2, 0, 1)[None].astype(np.float32)
        feeds = {"pixel_values": pixel_values, "with_class_map": np.zeros(1, np.float32)}
        arrays[f"{name}_pixels"] = pixels
        arrays[f"{name}_logits"] = session.run(["logits"], feeds)[0][0]
    np.savez_compressed(HERE / "efficientnet-lite2.npz", allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
