"""Import every module of NumPy and Pillow, to check that slimming has removed nothing that is needed."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from collections.abc import Iterator

import numpy
import PIL
from PIL import Image, features

# Two modules read OLE containers with a package that Pillow does not depend on; two are commands.
SKIPPED = {"PIL.FpxImagePlugin", "PIL.MicImagePlugin", "PIL.__main__", "PIL.report"}
READABLE = {"AVIF", "BMP", "GIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP"}
LIBRARIES = {"avif", "freetype2", "jpg", "jpg_2000", "libjpeg_turbo", "libtiff", "littlecms2", "webp", "zlib"}


def problems() -> Iterator[str]:
    """Yield a line for everything that does not work."""
    for package in (numpy, PIL):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name in SKIPPED:
                continue
            try:
                importlib.import_module(module.name)
            except Exception as error:
                yield f"{module.name} cannot be imported: {type(error).__name__}: {error}"
    Image.init()
    yield from (f"Pillow cannot read {name}" for name in sorted(READABLE - set(Image.OPEN)))
    yield from (f"Pillow lacks {name}" for name in sorted(LIBRARIES) if not features.check(name))


def main() -> int:
    """Print the problems; return 1 if there is one."""
    warnings.simplefilter("ignore")  # deprecated modules say so
    found = list(problems())
    print("\n".join(found) or f"all of NumPy {numpy.__version__} and Pillow {PIL.__version__} can be imported")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
