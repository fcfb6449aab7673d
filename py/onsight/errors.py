"""Everything that Onsight raises on purpose.

::

    OnsightError                    internal
    ├── InvalidOptionError          invalid_option
    ├── UnreadableFileError         unreadable_file
    ├── UnwritableFileError         unwritable_file
    ├── InvalidSidecarError         invalid_sidecar
    ├── ImageError
    │   ├── EmptyFileError          empty_file
    │   ├── NotAnImageError         not_an_image
    │   ├── UnsupportedFormatError  unsupported_format
    │   ├── CorruptImageError       corrupt_image
    │   └── ImageTooLargeError      image_too_large
    ├── ModelError
    │   ├── InvalidSpecError        invalid_spec
    │   ├── ModelMissingError       model_missing
    │   └── ModelFailedError        model_failed
    ├── LibraryError                library_failed
    ├── InvalidQueryError           invalid_query
    ├── CancelledError              cancelled
    ├── DownloadFailedError         download_failed
    ├── WorkerFailedError           worker_failed
    ├── OutOfMemoryError            out_of_memory
    └── CrashedError                crashed

A message is one or two sentences for the person who chose the file: what happened and what to do.
A code is stable: programs may rely on it. ``detail`` holds further facts as plain JSON data.

Each class says whose fault it is (`Fault`), which decides what a run over many files does next. The page has the same
decision by code, in the generated ``web/common/faults.js``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar


class Fault(StrEnum):
    """Where the cause of an error is, and so what a run over many files does about it."""

    FILE = "file"
    """In the bytes of the file: they fail every time. A library records it and skips the unchanged file."""

    ATTEMPT = "attempt"
    """In this attempt: the same file may succeed later. The run reports it and goes on; nothing is recorded."""

    ENGINE = "engine"
    """In Onsight, or in what it needs: no file would succeed now. The run stops or pauses; nothing is recorded."""


class OnsightError(Exception):
    """Base class of every error that Onsight raises on purpose.

    Attributes:
        code: Stable, machine-readable name of the kind of error.
        fault: Where the cause is.
        message: What happened and what to do, in a sentence.
        detail: Further facts as JSON data, or None.
    """

    code: ClassVar[str] = "internal"
    fault: ClassVar[Fault] = Fault.ATTEMPT

    def __init__(self, message: str, *, detail: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail

    def to_json(self) -> dict[str, Any]:
        """Return ``{"code", "message"}`` and, where there is one, ``"detail"``."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.detail is not None:
            error["detail"] = self.detail
        return error


class InvalidOptionError(OnsightError):
    """An option has a value outside its range or of the wrong type."""

    code = "invalid_option"


class UnreadableFileError(OnsightError):
    """The file cannot be read: it is gone, moved, locked or a folder."""

    code = "unreadable_file"


class UnwritableFileError(OnsightError):
    """The file cannot be written: its folder is gone, full or locked."""

    code = "unwritable_file"


class InvalidSidecarError(OnsightError):
    """What lies beside a picture is no XMP, or is broken; it is never written over."""

    code = "invalid_sidecar"


class ImageError(OnsightError):
    """Base class of everything that can be wrong with the bytes of a picture."""

    fault = Fault.FILE


class EmptyFileError(ImageError):
    """The file has no bytes."""

    code = "empty_file"


class NotAnImageError(ImageError):
    """The bytes are of no picture format, whatever the file's name says.

    ``detail`` is ``{"format": name}`` where the format was recognised.
    """

    code = "not_an_image"


class UnsupportedFormatError(ImageError):
    """The bytes are of a known format that cannot be opened here.

    ``detail`` is ``{"format": name, "try_browser": bool}``, at times with a ``"reason"``; with ``try_browser``
    the page offers the file to the browser's own decoder before it gives up.
    """

    code = "unsupported_format"


class CorruptImageError(ImageError):
    """The format is known and the picture is damaged or cut short.

    ``detail`` is ``{"format": name, "reason": the decoder's own words}``.
    """

    code = "corrupt_image"


class ImageTooLargeError(ImageError):
    """The picture has more pixels than Onsight accepts.

    ``detail`` is ``{"width", "height", "max_pixels"}`` in pixels, or ``{"format", "reason"}``.
    """

    code = "image_too_large"


class ModelError(OnsightError):
    """Base class of everything that can be wrong with a model."""

    fault = Fault.ENGINE


class InvalidSpecError(ModelError):
    """A model's description is incomplete or contradicts itself."""

    code = "invalid_spec"


class ModelMissingError(ModelError):
    """The model's files are not on this machine."""

    code = "model_missing"


class ModelFailedError(ModelError):
    """The network could not be loaded or did not run."""

    code = "model_failed"


class LibraryError(OnsightError):
    """The library's file cannot be used: it is none, of a newer Onsight, locked, damaged, or there is no room left."""

    code = "library_failed"
    fault = Fault.ENGINE


class InvalidQueryError(OnsightError):
    """A search cannot be understood.

    ``detail`` is ``{"query", "position": index of the first character that is wrong, "length": of the part that is}``.
    """

    code = "invalid_query"


class CancelledError(OnsightError):
    """The person, or the program, stopped the work."""

    code = "cancelled"


class DownloadFailedError(OnsightError):
    """A part of the engine did not arrive, or not whole; raised by the page, as `WorkerFailedError` is."""

    code = "download_failed"
    fault = Fault.ENGINE


class WorkerFailedError(OnsightError):
    """The worker or process that does the work could not be started, or died and could not be replaced."""

    code = "worker_failed"
    fault = Fault.ENGINE


class OutOfMemoryError(OnsightError):
    """There was not enough memory for this picture at this time. ``detail`` is ``{"format", "reason"}`` or None."""

    code = "out_of_memory"


class CrashedError(OnsightError):
    """A worker or process died of this picture, more than once while it had nothing else to do."""

    code = "crashed"


def _codes() -> frozenset[str]:
    found = {OnsightError.code}
    pending = OnsightError.__subclasses__()
    while pending:
        cls = pending.pop()
        found.add(cls.code)
        pending.extend(cls.__subclasses__())
    return frozenset(found)


CODES = _codes()
"""Every code that an Onsight error can have."""


def fault_of(code: str) -> Fault:
    """Return where the cause of errors with this code is."""
    return error_of(code, "").fault


def error_of(code: str, message: str) -> OnsightError:
    """Return an error as it was raised elsewhere, of the class that has its code."""
    pending: list[type[OnsightError]] = [OnsightError]
    while pending:
        cls = pending.pop()
        if cls.code == code and not (cls.__subclasses__() and cls is not OnsightError):
            return cls(message)
        pending.extend(cls.__subclasses__())
    raise ValueError(f"There is no error of the code {code!r}.")
