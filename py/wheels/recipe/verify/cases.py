"""Named test cases of Pillow's computations, for both CPython and Pyodide.

A case is a name and a function that returns an image or an array, or raises. The name starts with the group:

* ``operation/…`` resampling, filters, colour conversion, ICC: the same C code on the same input, so the same bytes;
* ``roundtrip/…`` an encoder and the decoder of the same library: lossless ones return the input;
* ``decode/…`` a file of Pillow's own test pictures, including hostile ones;
* ``icc/…`` our picture converted to sRGB from the profile embedded in such a file.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageFilter, ImageFont, ImageOps

Array = NDArray[Any]
Case = tuple[str, Callable[[], Image.Image | Array]]

FILTERS = ("NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS")
SIZES = ((260, 260), (97, 33), (1311, 777))  # (width, height): down, far down, up


def as_array(outcome: Image.Image | Array) -> Array:
    """Return an image's pixels; palette indices are resolved, so that equal pictures give equal arrays."""
    if isinstance(outcome, Image.Image) and outcome.mode in ("P", "PA"):
        outcome = outcome.convert("RGBA")
    return np.asarray(outcome)


def picture(width: int = 640, height: int = 427) -> Image.Image:
    """Return an RGB picture with edges, gradients and noise at several scales; the same everywhere."""
    y, x = np.mgrid[:height, :width]
    noise = np.random.Generator(np.random.PCG64(7)).integers(0, 64, (height, width, 3))
    waves = np.stack([x * 255 // width, y * 255 // height, (x * y // 37) % 256], axis=-1)
    checks = ((x // 29 + y // 23) % 2 * 80)[..., None]
    return Image.fromarray(np.clip(waves + noise - checks, 0, 255).astype(np.uint8))


def operations() -> Iterator[Case]:
    """Yield cases with the same result in every build of Pillow."""
    rgb = picture()
    for mode, name, size in itertools.product(("L", "RGB", "RGBA", "CMYK", "F", "I;16"), FILTERS, SIZES):
        image = rgb.convert("I").convert("I;16") if mode == "I;16" else rgb.convert(mode)
        if mode == "I;16" and name not in ("NEAREST", "BOX", "BILINEAR", "BICUBIC"):
            continue
        yield f"operation/resize {mode} {name} {size}", partial(image.resize, size, Image.Resampling[name])
    bicubic, box = Image.Resampling.BICUBIC, (10.5, 20.25, 400.75, 390.5)
    yield "operation/resize with box", partial(rgb.resize, (260, 260), bicubic, box=box)
    yield "operation/resize with reducing gap", partial(rgb.resize, (99, 77), bicubic, reducing_gap=2.0)
    yield "operation/reduce", partial(rgb.reduce, 7)
    yield "operation/rotate", partial(rgb.rotate, 33, bicubic, expand=True)
    yield "operation/transpose", partial(rgb.transpose, Image.Transpose.TRANSVERSE)
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F"):
        yield f"operation/convert {mode}", partial(_convert, rgb, mode)
    for kernel in (
        ImageFilter.GaussianBlur(3),
        ImageFilter.BoxBlur(4.5),
        ImageFilter.UnsharpMask(2, 150, 3),
        ImageFilter.MedianFilter(5),
        ImageFilter.SHARPEN,
        ImageFilter.FIND_EDGES,
    ):
        yield f"operation/filter {kernel.name}", partial(rgb.filter, kernel)
    yield "operation/autocontrast", partial(ImageOps.autocontrast, rgb, cutoff=2)
    yield "operation/equalize", partial(ImageOps.equalize, rgb)
    yield "operation/quantize", partial(rgb.quantize, 32)
    yield "operation/difference", partial(ImageChops.difference, rgb, ImageOps.mirror(rgb))
    yield "operation/alpha composite", partial(Image.alpha_composite, *_translucent(rgb))
    for intent in ImageCms.Intent:
        yield f"operation/ICC sRGB to LAB {intent.name}", partial(_to_lab, rgb, intent)
    yield "operation/text", partial(_with_text, rgb)


def roundtrips() -> Iterator[Case]:
    """Yield cases that write a picture and read it back."""
    rgb = picture(331, 222)
    options: list[tuple[str, str, dict[str, Any]]] = [
        ("JPEG", "RGB", {"quality": 90}),
        ("JPEG", "RGB", {"quality": 90, "progressive": True, "subsampling": 0}),
        ("JPEG", "L", {"quality": 75, "optimize": True}),
        ("JPEG", "CMYK", {"quality": 90}),
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {"optimize": True}),
        ("PNG", "P", {}),
        ("PNG", "1", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("WEBP", "RGBA", {"quality": 85}),
        *(("TIFF", "RGB", {"compression": c}) for c in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")),
        ("TIFF", "1", {"compression": "group4"}),
        ("JPEG2000", "RGB", {"irreversible": False}),
        ("JPEG2000", "RGB", {"irreversible": True, "quality_layers": [20]}),
        ("GIF", "P", {}),
        ("BMP", "RGB", {}),
        ("ICO", "RGBA", {"sizes": [(64, 64)]}),
        ("PPM", "RGB", {}),
        ("TGA", "RGBA", {"compression": "tga_rle"}),
        ("QOI", "RGBA", {}),
    ]
    for file_format, mode, settings in options:
        image = _convert(rgb, mode)
        yield f"roundtrip/{file_format} {mode} {settings}", partial(_roundtrip, image, file_format, settings)
    for divisor in (2, 4, 8):
        yield f"roundtrip/JPEG at 1/{divisor}", partial(_roundtrip, rgb, "JPEG", {"quality": 90}, divisor)


def pictures(folder: Path) -> Iterator[Case]:
    """Yield the cases of each file in a folder, named by the relative path."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder)
            yield f"decode/{name}", partial(_decode, path)
            if _has_profile(path):
                yield f"icc/{name}", partial(_from_embedded_profile, path)


def _has_profile(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            return bool(image.info.get("icc_profile"))
    except Exception:
        return False


def _decode(path: Path) -> Array:
    """Return the first two frames."""
    with Image.open(path) as image:
        frames = [as_array(image).ravel()]
        if getattr(image, "n_frames", 1) > 1:
            image.seek(1)
            frames.append(as_array(image).ravel())
    return np.concatenate(frames)


def _roundtrip(image: Image.Image, file_format: str, settings: dict[str, Any], divisor: int = 1) -> Image.Image:
    file = io.BytesIO()
    image.save(file, file_format, **settings)
    read = Image.open(file)
    read.draft(None, (image.width // divisor, image.height // divisor))
    read.load()
    return read


def _convert(rgb: Image.Image, mode: str) -> Image.Image:
    return _to_lab(rgb, ImageCms.Intent.PERCEPTUAL) if mode == "LAB" else rgb.convert(mode)


def _to_lab(rgb: Image.Image, intent: ImageCms.Intent) -> Image.Image:
    profiles = (ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"))
    return _converted(rgb, *profiles, "LAB", intent)


def _from_embedded_profile(path: Path) -> Image.Image:
    """Read picture() as if it had the file's profile, and convert it to sRGB."""
    with Image.open(path) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    mode = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK"}[profile.profile.xcolor_space]
    return _converted(picture().convert(mode), profile, ImageCms.createProfile("sRGB"), "RGB")


def _converted(
    image: Image.Image,
    source: Any,
    target: Any,
    mode: str,
    intent: ImageCms.Intent = ImageCms.Intent.PERCEPTUAL,
) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, target, renderingIntent=intent, outputMode=mode)
    if converted is None:
        raise RuntimeError("profileToProfile returned nothing")
    return converted


def _translucent(rgb: Image.Image) -> tuple[Image.Image, Image.Image]:
    top = rgb.convert("RGBA")
    top.putalpha(Image.linear_gradient("L").resize(top.size))
    return ImageOps.mirror(top), top


def _with_text(rgb: Image.Image) -> Image.Image:
    image = rgb.copy()
    ImageDraw.Draw(image).text((5, 5), "Onsight 123 Grüße", font=ImageFont.load_default(24))
    return image
