"""The JPEGs that are measured: photographs of a given size, made from those that the tests' packages ship."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from tests.pictures import SAMPLE_NAMES, sample


def photograph(megapixels: float) -> bytes:
    """Return a JPEG of about this size, made from a photograph, so that it has a photograph's detail."""
    with Image.open(io.BytesIO(sample("coffee"))) as image:
        scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = (round(image.width * scale), round(image.height * scale))
        file = io.BytesIO()
        image.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()


def make_pictures(folder: Path, count: int, megapixels: float) -> None:
    """Write JPEGs of about this size: parts of photographs, turned, in other light, none like another."""
    rng = np.random.default_rng(0)
    originals = [Image.open(io.BytesIO(sample(name))).convert("RGB") for name in SAMPLE_NAMES]
    for number in range(count):
        image = originals[number % len(originals)]
        kept = rng.uniform(0.6, 0.95)
        width, height = round(image.width * kept), round(image.height * kept)
        left, top = int(rng.integers(0, image.width - width)), int(rng.integers(0, image.height - height))
        part = image.crop((left, top, left + width, top + height))
        scale = (megapixels * 1e6 / (width * height)) ** 0.5
        part = part.resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
        part = ImageEnhance.Brightness(part).enhance(rng.uniform(0.7, 1.3))
        if number % 2:
            part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        target = folder / f"{number % 10}" / f"IMG_{number:05}.jpg"
        target.parent.mkdir(exist_ok=True)
        part.save(target, "JPEG", quality=88)
