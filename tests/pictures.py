"""Pictures for tests: made here, byte for byte the same each time, or found in packages that ship some."""

from __future__ import annotations

import base64
import importlib.util
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

_SAMPLES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "chelsea": ("skimage", "data/chelsea.png"),
    "camera": ("skimage", "data/camera.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}
SAMPLE_NAMES = tuple(sorted(_SAMPLES))

_ORIENTATION = 0x0112


def sample_path(name: str) -> Path:
    """Return the path of a photograph that a test dependency ships; skip the test where that is not installed."""
    package, path = _SAMPLES[name]
    spec = importlib.util.find_spec(package)  # finds the folder; importing the package would take seconds
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package}, which ships the picture {name!r}, is not installed")
    return Path(spec.submodule_search_locations[0]) / path


def sample(name: str) -> bytes:
    """Return the bytes of a photograph that a test dependency ships."""
    return sample_path(name).read_bytes()


def photo(width: int = 96, height: int = 64) -> Image.Image:
    """Return an RGB picture that is smooth, so that lossy formats keep it, and like none of its mirror images."""
    red = Image.linear_gradient("L").resize((width, height))
    green = Image.linear_gradient("L").rotate(90).resize((width, height))
    blue = Image.radial_gradient("L").resize((2 * width, 2 * height)).crop((0, 0, width, height))
    return Image.merge("RGB", (red, green, blue))


def encode(image: Image.Image, format: str, **options: object) -> bytes:
    """Return the bytes of ``image`` as a file in Pillow's ``format``."""
    encoded = io.BytesIO()
    image.save(encoded, format, **options)
    return encoded.getvalue()


def exif(orientation: int) -> Image.Exif:
    """Return EXIF data that says ``orientation``."""
    tags = Image.Exif()
    tags[_ORIENTATION] = orientation
    return tags


def stored_for(upright: Image.Image, orientation: int) -> Image.Image:
    """Return the pixels that a camera stores so that ``orientation`` turns them into ``upright``."""
    # The EXIF standard's own words: where the stored row 0 and column 0 are seen.
    row_0, column_0 = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    pixels = np.asarray(upright)
    if "bottom" in (row_0, column_0):
        pixels = pixels[::-1]
    if "right" in (row_0, column_0):
        pixels = pixels[:, ::-1]
    if row_0 in ("left", "right"):
        pixels = pixels.swapaxes(0, 1)
    return Image.fromarray(np.ascontiguousarray(pixels))


def png_chunk(kind: bytes, body: bytes, *, checksum: int | None = None) -> bytes:
    """Return one chunk of a PNG; ``checksum`` replaces the right one."""
    crc = zlib.crc32(kind + body) if checksum is None else checksum
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def png(
    width: int,
    height: int,
    bits: int,
    colour_type: int,
    rows: bytes,
    *,
    before_data: bytes = b"",
    after_data: bytes = b"",
) -> bytes:
    """Return a PNG of any kind. ``rows`` are its samples without filter bytes; the rest are further chunks."""
    stride = len(rows) // height
    filtered = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), max(stride, 1)))
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + before_data
        + png_chunk(b"IDAT", zlib.compress(filtered))
        + after_data
        + png_chunk(b"IEND", b"")
    )


def claiming(format: str, width: int, height: int) -> bytes:
    """Return a small file whose header claims ``width`` × ``height`` pixels."""
    small = photo(8, 8)
    if format == "PNG":
        return png(width, height, 8, 2, bytes(24))
    if format == "GIF":
        encoded = encode(small, "GIF")
        return encoded[:6] + struct.pack("<HH", width, height) + encoded[10:]
    if format == "BMP":
        encoded = encode(small, "BMP")
        return encoded[:18] + struct.pack("<ii", width, height) + encoded[26:]
    if format == "TIFF":
        encoded = encode(small, "TIFF")
        for tag, value in ((256, width), (257, height)):
            encoded = encoded.replace(struct.pack("<HHII", tag, 4, 1, 8), struct.pack("<HHII", tag, 4, 1, value))
        return encoded
    if format == "JPEG":
        encoded = encode(small, "JPEG")
        at = encoded.index(b"\xff\xc0\x00\x11\x08") + 5
        return encoded[:at] + struct.pack(">HH", height, width) + encoded[at + 4 :]
    if format == "WebP":
        frames = encode(small, "WEBP", save_all=True, append_images=[small.rotate(90)])
        canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        return frames[:24] + canvas + frames[30:]
    if format == "AVIF":
        at = AVIF.index(b"ispe") + 8
        return AVIF[:at] + struct.pack(">II", width, height) + AVIF[at + 8 :]
    if format == "JPEG 2000":
        encoded = encode(small, "JPEG2000")
        return encoded.replace(struct.pack(">II", 8, 8), struct.pack(">II", height, width), 1)
    raise ValueError(format)


def iso_media(major: bytes, *compatible: bytes) -> bytes:
    """Return the beginning of an ISO media file (HEIC, AVIF, MP4 …) of these brands."""
    body = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + bytes(64)


def adobe_ycck(yccks: Image.Image) -> bytes:
    """Return a JPEG whose four channels, given as a CMYK picture, are Y, Cb, Cr and K (Adobe's transform 2)."""
    encoded = encode(yccks, "JPEG", quality=100, subsampling=0)
    at = encoded.index(b"Adobe") + 11
    return encoded[:at] + b"\x02" + encoded[at + 1 :]


# photo(24, 16): AVIF files are kept, because the page's Pillow reads the format and does not write it.
AVIF = base64.b64decode(
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAA"
    "AAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAARQAAAChpaW5mAAAAAAABAAAAGmluZmUC"
    "AAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAGAAAABAAAAAQcGl4aQAAAAADCAgIAAAA"
    "DGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAATW1kYXQSAAoJGBDv7ZAQ0GhA"
    "MjYXh4eGIYAB5DAAAK63K5MMOW6ZqY/NBHXAoY7hpkxfUSLCMYTIIBWmiDTzXoldcwK9n/LI4sA="
)
AVIF_TURNED = base64.b64decode(  # stored for orientation 6
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAD1bWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAA"
    "AAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAEdAAAAQgAAAChpaW5mAAAAAAABAAAAGmluZmUC"
    "AAAAAAEAAGF2MDFDb2xvcgAAAAB0aXBycAAAAFRpcGNvAAAAFGlzcGUAAAAAAAAAEAAAABgAAAAQcGl4aQAAAAADCAgIAAAA"
    "DGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAAAlpcm90AwAAABhpcG1hAAAAAAAAAAEAAQUBAoMEhQAAAEptZGF0EgAK"
    "CRgNPu2QENBoQDIzF4eHhiGAAeQwAACqWI8RIb8sheftY0M0aj/1bHb85TUU4A8E1xTQNbhaS/t8QtO/UhQO"
)


# ICC profiles. Only the tags that a colour engine reads.

_D50 = (0.9642, 1.0, 0.8249)
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""Red, green and blue of Display P3 as XYZ relative to D50."""
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""The same of sRGB."""


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _profile(device: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s12x4s", size, b"test", 0x04200000, device, space, connection, b"acsp")
    header += bytes(28) + _fixed(*_D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def rgb_profile(primaries: tuple[tuple[float, ...], ...] = DISPLAY_P3) -> bytes:
    """Return the profile of an RGB space with sRGB's tone curve."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = {b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_D50)}
    for channel, primary in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags[channel + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*primary)
        tags[channel + b"TRC"] = curve
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def linear_grey_profile() -> bytes:
    """Return the profile of a grey scale whose numbers are proportional to light."""
    tags = {b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_D50), b"kTRC": b"curv" + struct.pack(">IIH", 0, 1, 256)}
    return _profile(b"mntr", b"GRAY", b"XYZ ", tags)


def cmyk_profile(inks: tuple[tuple[float, float, float], ...]) -> bytes:
    """Return the profile of a press; ``inks`` are L*a*b* of full cyan, magenta and yellow, black is black."""
    nodes = bytearray()
    for node in range(16):  # cyan varies slowest
        amounts = [node >> 3 & 1, node >> 2 & 1, node >> 1 & 1, node & 1]
        if amounts[3] or sum(amounts) == 3:
            lab = (0.0, 0.0, 0.0)
        elif sum(amounts) == 0:
            lab = (100.0, 0.0, 0.0)
        else:
            used = [ink for ink, amount in zip(inks, amounts, strict=False) if amount]
            lab = tuple(sum(axis) / len(used) / len(used) for axis in zip(*used, strict=True))
        nodes += bytes((round(lab[0] * 2.55), round(lab[1] + 128), round(lab[2] + 128)))
    identity = bytes(range(256))
    table = b"mft1" + struct.pack(">IBBBx", 0, 4, 3, 2) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table + identity * 4 + bytes(nodes) + identity * 3})
