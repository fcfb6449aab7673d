"""Run Pillow on untrusted bytes, and convert its exceptions to Onsight errors with a message."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from onsight.core.texts import text
from onsight.errors import (
    CorruptImageError,
    ImageTooLargeError,
    OnsightError,
    OutOfMemoryError,
    UnsupportedFormatError,
)
from onsight.image.containers import is_cut_short, is_rarely_compressed

MAX_PIXELS = 200_000_000
"""Maximum number of pixels: the size of the largest phone camera's pictures (16,320 × 12,240)."""

# Pillow's own limit, which it applies inside its TIFF, GIF and ICO decoders.
_PILLOW_MAX_PIXELS = 178_956_970

# How Pillow and its libraries report an unsupported kind of file, too little memory, or a missing end.
_UNKNOWN_KIND = (
    "unsupported",
    "not installed",
    "cannot handle",
    "unable to determine",
    "unknown pixel mode",
    "unknown data organization",
)
_NO_MEMORY = ("out of memory", "insufficient memory", "cannot allocate memory")
_TRUNCATION = ("truncat", "requires a buffer", "not enough data", "expected to read")


@contextmanager
def guarded(data: bytes, name: str) -> Iterator[None]:
    """Silence Pillow's warnings and turn its exceptions into Onsight's.

    Args:
        data: The bytes of the file that is decoded.
        name: Their format.

    Raises:
        UnsupportedFormatError: The format is supported, but this variant is not.
        CorruptImageError: The picture is damaged or truncated.
        ImageTooLargeError: The picture has more pixels than Pillow accepts.
        OutOfMemoryError: The picture needs more memory than is available now.
    """
    try:
        with _silent_warnings():
            yield
    except OnsightError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLargeError(
            text(
                "A {name} picture of more than {limit:,.0f} megapixels cannot be opened here. Scale it "
                "down and choose it again.",
                name=name,
                limit=_PILLOW_MAX_PIXELS / 1e6,
            ),
            detail={"format": name, "reason": str(error)},
        ) from error
    except MemoryError as error:
        raise _out_of_memory(name, "out of memory") from error
    except Exception as error:
        # Damaged files make decoders raise nearly everything: OSError, SyntaxError, ValueError, struct.error,
        # OverflowError, EOFError, IndexError, KeyError, TypeError, zlib.error, AssertionError …
        raise _explain(error, data, name) from error


def check_size(width: int, height: int) -> None:
    """Refuse a picture of more than ``MAX_PIXELS`` pixels.

    Raises:
        ImageTooLargeError: It has more; the message names its size and the limit.
    """
    if width * height > MAX_PIXELS:
        raise ImageTooLargeError(
            text(
                "This picture has {width:,} × {height:,} pixels ({megapixels:,.0f} megapixels), and up to "
                "{limit:,.0f} megapixels can be opened. Scale it down and choose it again.",
                width=width,
                height=height,
                megapixels=width * height / 1e6,
                limit=MAX_PIXELS / 1e6,
            ),
            detail={"width": width, "height": height, "max_pixels": MAX_PIXELS},
        )


def _out_of_memory(name: str, reason: str) -> OutOfMemoryError:
    return OutOfMemoryError(
        text(
            "This {name} picture needs more memory than is available now. Close other programs and "
            "try again, or use a smaller copy of it.",
            name=name,
        ),
        detail={"format": name, "reason": reason},
    )


def _explain(error: Exception, data: bytes, name: str) -> OnsightError:
    reason = str(error) or type(error).__name__
    detail = {"format": name, "reason": reason}
    if any(sign in reason.lower() for sign in _NO_MEMORY):
        return _out_of_memory(name, reason)
    is_unknown_kind = (
        isinstance(error.__cause__, KeyError)  # raised by Pillow's tables of pixel types and compressions
        or any(sign in reason.lower() for sign in _UNKNOWN_KIND)
        or is_rarely_compressed(data, name)
    )
    if is_unknown_kind:
        return UnsupportedFormatError(
            text(
                "This is a kind of {name} picture that cannot be opened here: save it as an ordinary JPEG "
                "or PNG and choose that file.",
                name=name,
            ),
            detail=detail | {"try_browser": True},
        )
    if any(sign in reason.lower() for sign in _TRUNCATION) or is_cut_short(data, name):
        fault = "is cut short: a part of the file is missing"
    else:
        fault = "is damaged and cannot be opened"
    return CorruptImageError(
        text("This {name} picture {fault}. Copy or download it again.", name=name, fault=fault), detail=detail
    )


_silence_lock = threading.Lock()
_silence_depth = 0
_silence: warnings.catch_warnings[None] | None = None


@contextmanager
def _silent_warnings() -> Iterator[None]:
    """Suppress Pillow's warnings about odd metadata.

    ``warnings.catch_warnings`` alone is not safe if two threads decode at once: the last to leave would restore the
    suppressed state that it found. So the first to enter saves the filters and the last to leave restores them.
    """
    global _silence, _silence_depth
    with _silence_lock:
        if _silence_depth == 0:
            _silence = warnings.catch_warnings()
            _silence.__enter__()
            warnings.simplefilter("ignore")
        _silence_depth += 1
    try:
        yield
    finally:
        with _silence_lock:
            _silence_depth -= 1
            if _silence_depth == 0 and _silence is not None:
                _silence.__exit__(None, None, None)
                _silence = None
