"""Train an upscaling network.

::

    python -m models.upscale.train FOLDER… --scale {2,4} [--steps N] [--rate R] [--start CHECKPOINT] [--write]

Trains on nine tenths of the pictures in the folders, and prints the gain over Lanczos on the held-out tenth as it
goes. Needs PyTorch in addition to the project's requirements. Patches, rotations and initial weights are seeded.
"""

from __future__ import annotations

import argparse
import copy
import io
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from models.upscale.network import Upscaler
from models.upscale.pictures import CONTEXT, Patches, PicturesError, Pixels, find, is_held_out, luminance

ROOT = Path(__file__).resolve().parents[2]
SEED = 5
PATCH_SIZE = {2: 40, 4: 24}
BATCH = {2: 8, 4: 16}
LEARNING_RATE = 1.5e-3
LAST_LEARNING_RATE = 1e-5
SQUARES_FROM = 0.75
"""Fraction of the training after which the loss is the mean squared error, as in PSNR, not the mean absolute error."""
MEAN_DECAY = 0.998
"""Decay of the running mean of the weights; that mean is the result."""
REPORT_EVERY = 500
REPORT_PICTURES = 24


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.upscale.train", description="Train an upscaling network.")
    parser.add_argument("folders", type=Path, nargs="+", help="hold the pictures")
    parser.add_argument("--scale", type=int, choices=(2, 4), required=True)
    parser.add_argument("--steps", type=int, default=5000, help="default: %(default)s")
    parser.add_argument("--rate", type=float, default=LEARNING_RATE, help="initial learning rate; default: %(default)s")
    parser.add_argument("--checkpoint", type=Path, help="file for the training state; updated during training")
    parser.add_argument(
        "--start", type=Path, help="checkpoint to start from; with the other scale, all layers but the last are used"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write models/upscale-x…/weights.npz at the end")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    try:
        paths = find(options.folders)
        patches = Patches.load([p for p in paths if not is_held_out(p)], options.scale, PATCH_SIZE[options.scale])
    except PicturesError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    held_out = [luminance(path) for path in paths if is_held_out(path)]
    network = Upscaler(options.scale)
    if options.start:
        network.start_from(torch.load(options.start))
    mean = train(network, patches, held_out[:REPORT_PICTURES], options.steps, options.rate, options.checkpoint)
    print(f"{len(paths) - len(held_out)} pictures, {len(held_out)} held out")
    print(f"held out: {gain(mean, held_out):+.3f} dB over Lanczos; NumPy {np.__version__}, PyTorch {torch.__version__}")
    if options.write:
        target = ROOT / "models" / f"upscale-x{options.scale}" / "weights.npz"
        target.write_bytes(pack(mean))
        print(f"wrote {target.relative_to(ROOT)}")
    return 0


def train(
    network: Upscaler, patches: Patches, held_out: Sequence[Pixels], steps: int, highest: float, checkpoint: Path | None
) -> Upscaler:
    """Train a network; return the running mean of its weights."""
    mean = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=highest)
    batches = patches.batches(BATCH[network.scale], np.random.default_rng(SEED))
    started = time.monotonic()
    for step in range(steps):
        part = step / steps
        cosine = (1 + math.cos(math.pi * part)) / 2
        rate = LAST_LEARNING_RATE + (highest - LAST_LEARNING_RATE) * cosine * min(1.0, (step + 1) / 200)
        for group in optimizer.param_groups:
            group["lr"] = rate
        small, residual = (torch.from_numpy(array) for array in next(batches))
        output = network(small)
        if part < SQUARES_FROM:
            loss = functional.l1_loss(output, residual)
        else:
            loss = 20 * functional.mse_loss(output, residual)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
        optimizer.step()
        decay = min(MEAN_DECAY, step / (step + 20))
        with torch.no_grad():
            for kept, new in zip(mean.parameters(), network.parameters(), strict=True):
                kept.lerp_(new, 1 - decay)
        if (step + 1) % REPORT_EVERY == 0 or step + 1 == steps:
            minutes = (time.monotonic() - started) / 60
            print(f"{step + 1:6} {minutes:5.1f} min  {gain(mean, held_out):+.3f} dB", flush=True)
            if checkpoint:
                torch.save(mean.state_dict(), checkpoint)
                checkpoint.with_suffix(".npz").write_bytes(pack(mean))
    return mean


def gain(network: Upscaler, pictures: Sequence[Pixels]) -> float:
    """Return the mean gain in PSNR of luminance over Lanczos, in dB, on pictures reduced with bicubic."""
    gains = []
    for picture in pictures:
        height, width = (side // network.scale for side in picture.shape)
        truth = picture[: height * network.scale, : width * network.scale]
        small = Image.fromarray(truth).resize((width, height), Image.Resampling.BICUBIC)
        base = np.asarray(small.resize(truth.shape[::-1], Image.Resampling.LANCZOS), np.float32)
        pixels = np.pad(np.asarray(small, np.float32), CONTEXT, mode="edge") / 255 - 0.5
        with torch.inference_mode():
            residual = network(torch.from_numpy(pixels.astype(np.float32))[None, None])[0, 0].numpy()
        better = np.clip(np.rint(base + 255 * residual), 0, 255)
        before, after = (np.mean((image - truth.astype(np.float32)) ** 2) for image in (base, better))
        gains.append(10 * math.log10(before / after))
    return sum(gains) / len(gains)


def pack(network: Upscaler) -> bytes:
    """Return the weights as an ``.npz`` file in float16, which halves its size and changes no pixel."""
    file = io.BytesIO()
    weights = {name: array.astype(np.float16) for name, array in network.weights().items()}
    np.savez_compressed(file, allow_pickle=False, **weights)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
