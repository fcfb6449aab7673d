"""Open, load and reduce a picture and turn it upright, within fixed limits."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from onsight.core.results import ImageInfo
from onsight.core.texts import text
from onsight.errors import CorruptImageError, ImageError, InvalidOptionError
from onsight.image.colour import ColourConversion
from onsight.image.colour_statement import Statement, colour_statement
from onsight.image.containers import declared_size, without_ancillary_chunks, without_exif
from onsight.image.encoding import JPEG_MAX_SIDE
from onsight.image.endings import LIMIT, Completed, complete, lacks_its_end, too_short
from onsight.image.guard import check_size, guarded
from onsight.image.orientation import ORIENTATION_TAG, Orientation
from onsight.image.sniff import sniff_format

_Reduction = Callable[[int, int], int]
"""Takes a picture's width and height and returns the integer factor to reduce it by; 0 counts as 1."""

_REDUCE_TO_NEEDED = {"PNG": without_ancillary_chunks, "JPEG": without_exif}
"""Functions that reduce a file to the parts that affect the picture, or return None if it has no others."""

_STRIP_PIXELS = 1 << 20
PREVIEW_QUALITY = 90

# Decoders are called directly, not through Image.open. It would import all 40 plugins to find AVIF, hide the reason for
# a failure behind "cannot identify", and warn about sizes that are allowed here. These classes are also the only
# decoders that a file can reach; EPS, which starts Ghostscript, is not one of them.
_DECODERS = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "WebP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "JPEG 2000": ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "ICO": ("PIL.IcoImagePlugin", "IcoImageFile"),
    "PNM": ("PIL.PpmImagePlugin", "PpmImageFile"),
    "PSD": ("PIL.PsdImagePlugin", "PsdImageFile"),
}

_SMALL = 1 << 18
_MAX_PIXELS_PER_BYTE = 512
"""Maximum pixels per byte: a plain colour takes less than that, but a damaged header can claim anything."""

_AS_IN_BROWSERS = frozenset({"JPEG", "PNG", "WebP", "GIF"})
"""Formats whose ordinary pictures look the same in every browser and in Pillow."""

# By EXIF orientation: the operation that turns stored pixels upright, the axis of the upright picture that stored rows
# follow, and whether they start at that axis's end.
_Transpose = Image.Transpose
_ORIENTATIONS: dict[int, tuple[Image.Transpose | None, int, bool]] = {
    1: (None, 0, False),
    2: (_Transpose.FLIP_LEFT_RIGHT, 0, False),
    3: (_Transpose.ROTATE_180, 0, True),
    4: (_Transpose.FLIP_TOP_BOTTOM, 0, True),
    5: (_Transpose.TRANSPOSE, 1, False),
    6: (_Transpose.ROTATE_270, 1, True),
    7: (_Transpose.TRANSVERSE, 1, True),
    8: (_Transpose.ROTATE_90, 1, False),
}


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """A decoded picture.

    Attributes:
        pixels: uint8 [H', W', 3], C-contiguous, upright, sRGB; smaller than the picture if ``decode`` reduced it.
        info: Width, height and format of the full upright picture.
        alpha: uint8 [H', W'], the opacity of each pixel, if ``decode`` was asked to keep it and not all are opaque;
        ``pixels`` are then the colours without a background. Otherwise None: ``pixels`` are on white.
    """

    pixels: NDArray[np.uint8]
    info: ImageInfo
    alpha: NDArray[np.uint8] | None = None

    @property
    def scale_x(self) -> float:
        """Horizontal scale: x in ``pixels`` times this is x in the full picture."""
        return self.info.width / float(self.pixels.shape[1])

    @property
    def scale_y(self) -> float:
        """Vertical scale, in the same way."""
        return self.info.height / float(self.pixels.shape[0])


def decode(
    data: bytes | bytearray | memoryview, *, min_side: int | None = None, keep_alpha: bool = False
) -> DecodedImage:
    """Decode the bytes of a file to upright sRGB pixels.

    Animations, bursts and multi-page files are represented by their first picture.

    Args:
        data: The bytes of a whole file, in any format.
        min_side: Minimum length of the short side in pixels, if the picture is that large. A larger picture is reduced
        by an integer factor while it is decoded, which saves time and memory: its short side is then less than twice
        ``min_side``. None keeps every pixel. A caller that resizes to n pixels should ask for 2 n: its result then
        differs by 1 to 2 of 255 levels on average from one made of every pixel, and by 3 to 4 if it asks for n.
        keep_alpha: Whether to return transparency separately instead of compositing the picture on white.

    Returns:
        The pixels and the facts of the full picture.

    Raises:
        EmptyFileError: There are no bytes.
        NotAnImageError: The file is not a picture.
        UnsupportedFormatError: Onsight does not open this format.
        CorruptImageError: The picture is damaged or truncated.
        ImageTooLargeError: The picture has more than ``MAX_PIXELS`` pixels, or needs too much memory.
        InvalidOptionError: ``min_side`` is not a positive integer.
    """
    if min_side is None:
        return _decode(data, lambda width, height: 1, keep_alpha)
    wanted = _positive("min_side", min_side)
    return _decode(data, lambda width, height: min(width, height) // wanted, keep_alpha)


def encode_preview(
    picture: DecodedImage | bytes | bytearray | memoryview, max_side: int, quality: int = PREVIEW_QUALITY
) -> bytes:
    """Encode a picture as a JPEG for any browser: upright, sRGB, transparency on white.

    Args:
        picture: A decoded picture, or the bytes of a file.
        max_side: Maximum length of either side in pixels; smaller pictures keep their size.
        quality: JPEG quality, 1 to 95.

    Returns:
        The bytes of a JPEG.

    Raises:
        ImageError: As in ``decode``.
        InvalidOptionError: ``max_side`` is not a positive integer.
    """
    limit = min(_positive("max_side", max_side), JPEG_MAX_SIDE)
    if not isinstance(picture, DecodedImage):
        picture = _decode(picture, lambda width, height: max(width, height) // limit, keep_alpha=False)
    image = Image.fromarray(picture.pixels)
    image.thumbnail((limit, limit), Image.Resampling.BICUBIC)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=quality)
    return encoded.getvalue()


def _positive(name: str, value: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidOptionError(
            text("{name} must be a whole number of pixels above 0, not {value!r}.", name=name, value=value)
        )
    return value


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to decode, and what its container says about the picture."""

    data: bytes
    name: str
    orientation: Orientation
    statement: Statement
    is_whole: bool = True
    completed: Completed | None = None

    @classmethod
    def of(cls, data: bytes) -> _Source:
        name = sniff_format(data)
        return cls(data, name, Orientation.of(data, name), colour_statement(data, name))

    def reduced_to_needed(self) -> _Source | None:
        """Return the file with only the parts that affect the picture, or None if it has no others."""
        reduce_to_needed = _REDUCE_TO_NEEDED.get(self.name)
        needed = reduce_to_needed(self.data) if reduce_to_needed else None
        return replace(self, data=needed, is_whole=False) if needed else None

    def with_an_end(self) -> _Source | None:
        """Return the file with its missing end filled in, or None if something else is wrong with it.

        Raises:
            CorruptImageError: Too little of the picture is present.
        """
        completed = complete(self.data, self.name, self._stored_pixels)
        if completed is None:
            return None
        if completed.share < LIMIT:
            raise too_short(self.name, completed.share)
        return replace(self, data=completed.data, is_whole=False, completed=completed)

    def _stored_pixels(self, data: bytes) -> NDArray[np.uint8]:
        with guarded(data, self.name), _open(data, self.name) as image:
            if image.width * image.height > max(_SMALL, _MAX_PIXELS_PER_BYTE * len(data)):
                raise CorruptImageError(text("This picture is far larger than its file can hold."))
            image.load()
            return np.asarray(image)


def _decode(data: bytes | bytearray | memoryview, reduction: _Reduction, keep_alpha: bool) -> DecodedImage:
    source = _Source.of(data if isinstance(data, bytes) else bytes(memoryview(data)))
    try:
        decoded = _decode_source(source, reduction, keep_alpha)
    except CorruptImageError as error:
        # The damage may be in a part that does not affect the picture; otherwise the first error is the real one.
        is_cut = source.name == "PNG" and lacks_its_end(source.data, source.name)
        if is_cut and (completed := source.with_an_end()):  # perhaps within a text after the pixels
            with suppress(ImageError):
                return _decode_source(completed, reduction, keep_alpha)
        if needed := source.reduced_to_needed():
            with suppress(ImageError):
                return _decode_source(needed, reduction, keep_alpha)
        if completed := source.with_an_end():
            return _decode_source(completed, reduction, keep_alpha)
        raise error
    if lacks_its_end(source.data, source.name) and (completed := source.with_an_end()):
        return _decode_source(completed, reduction, keep_alpha)
    return decoded


def _decode_source(source: _Source, reduction: _Reduction, keep_alpha: bool) -> DecodedImage:
    with guarded(source.data, source.name), _open(source.data, source.name) as image:
        return _read(image, source, reduction, keep_alpha)


def _open(data: bytes, name: str) -> ImageFile.ImageFile:
    check_size(*(declared_size(data, name) or (0, 0)))
    module, decoder = _DECODERS[name]
    image: ImageFile.ImageFile = getattr(importlib.import_module(module), decoder)(io.BytesIO(data))
    check_size(*image.size)
    return image


def _read(image: ImageFile.ImageFile, source: _Source, reduction: _Reduction, keep_alpha: bool) -> DecodedImage:
    name = source.name
    width, height = image.size
    factor = max(1, reduction(width, height))
    if name == "JPEG" and factor > 1:
        # Decodes at 1/2, 1/4 or 1/8 of the size without the higher frequencies, in a fraction of the time and memory.
        image.draft(None, (width // factor, height // factor))
    is_animated = name in _AS_IN_BROWSERS and bool(getattr(image, "is_animated", False))
    orientation = _prepare_orientation(image, source)
    image.load()
    if name != "JPEG":
        # In some formats the true size is known only after decoding.
        width, height = image.size
        check_size(width, height)
    if source.completed is not None:
        _blank(image, source.completed)
    elif name == "JPEG" and _ends_grey(image):
        raise CorruptImageError(text("This JPEG picture is cut short."), detail={"format": name, "reason": "no data"})
    factor = max(1, reduction(*image.size))
    conversion = ColourConversion.of(image, source.statement)
    pixels, alpha = _to_upright_srgb(image, conversion, factor, orientation, keep_alpha)
    if orientation >= 5:
        width, height = height, width
    as_in_browsers = (
        name in _AS_IN_BROWSERS
        and source.is_whole
        and source.orientation.as_in_browsers
        and conversion.as_in_browsers
        and not is_animated
    )
    warning = source.completed.warning(name) if source.completed else None
    return DecodedImage(pixels, ImageInfo(width, height, name, warning, as_in_browsers), alpha)


_GREY = 128
_NO_DATA = frozenset({127, 128})
"""The value that a JPEG decoder writes for missing data: grey, inverted in CMYK."""


def _ends_grey(image: Image.Image) -> bool:
    """Return whether a JPEG's last pixels look like missing data."""
    width, height = image.size
    extremes = image.crop((max(0, width - 2), height - 1, width, height)).getextrema()
    return all(value in _NO_DATA for value in np.ravel(extremes))


def _blank(image: Image.Image, completed: Completed) -> None:
    """Fill the rows that the decoder invented with grey."""
    if completed.rows is None or completed.is_blank or completed.rows >= completed.height:
        return
    top = completed.rows * image.height // completed.height
    colour = tuple(255 if band == "A" else _GREY for band in image.getbands())
    image.paste(colour, (0, top, image.width, image.height))


def _prepare_orientation(image: ImageFile.ImageFile, source: _Source) -> int:
    """Return the orientation to apply after loading, 1 to 8."""
    if source.name == "AVIF":
        # Pillow reports the container's rotation this way. It replaces EXIF's orientation, but would apply XMP's.
        image.info.pop("xmp", None)
        value = image.getexif().get(ORIENTATION_TAG, 1)
        return value if value in _ORIENTATIONS else 1
    if source.name == "TIFF":
        # Pillow rotates TIFFs itself while loading, according to this value.
        image.getexif()[ORIENTATION_TAG] = source.orientation.value
        return 1
    return source.orientation.value


def _to_upright_srgb(
    image: Image.Image, conversion: ColourConversion, factor: int, orientation: int, keep_alpha: bool
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Convert a loaded picture strip by strip, so that memory never holds a second picture at full size."""
    turn, axis, from_end = _ORIENTATIONS[orientation]
    rows, columns = -(-image.height // factor), -(-image.width // factor)
    shape = (rows, columns) if axis == 0 else (columns, rows)
    pixels = np.empty((*shape, 3), np.uint8)
    alpha: NDArray[np.uint8] | None = None
    strip_rows = max(1, _STRIP_PIXELS // (image.width * factor))
    for start in range(0, rows, strip_rows):
        stop = min(start + strip_rows, rows)
        strip = image.crop((0, start * factor, image.width, min(stop * factor, image.height)))
        strip = conversion.to_eight_bits(strip)
        if factor > 1:
            strip = strip.reduce(factor)
        if turn is not None:
            strip = strip.transpose(turn)
        rows_now = slice(rows - stop, rows - start) if from_end else slice(start, stop)
        place = (rows_now, slice(None)) if axis == 0 else (slice(None), rows_now)
        if keep_alpha and strip.mode in ("LA", "RGBA"):
            if alpha is None:
                alpha = np.full(shape, 255, np.uint8)
            alpha[place] = np.asarray(strip.getchannel("A"))
            strip = strip.convert(strip.mode.removesuffix("A"))
        pixels[place] = np.asarray(conversion.to_srgb(strip))
    return pixels, alpha if alpha is not None and int(alpha.min()) < 255 else None
