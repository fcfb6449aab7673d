"""The exceptions that Onsight raises on purpose.

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
A code is stable: programs may rely on it. ``detail`` has further facts as plain JSON data.

Each class says what caused the error (`Fault`), which decides what a run over many files does next. The page makes the
same decision by the code, with the generated ``web/common/faults.js``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar


class Fault(StrEnum):
    """The cause of an error, which decides what a run over many files does next."""

    FILE = "file"
    """The file's content: it fails every time. A library records the error and skips the unchanged file."""

    ATTEMPT = "attempt"
    """This attempt: the same file may succeed later. The run reports the error and continues; nothing is recorded."""

    ENGINE = "engine"
    """Onsight, or something it needs: no file would succeed now. The run stops or pauses; nothing is recorded."""


class OnsightError(Exception):
    """Base class of all errors that Onsight raises on purpose.

    Attributes:
        code: Stable, machine-readable name of the error.
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
        """Return ``{"code", "message"}``, with ``"detail"`` if there is one."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.detail is not None:
            error["detail"] = self.detail
        return error


class InvalidOptionError(OnsightError):
    """An option has a value outside its range or of the wrong type."""

    code = "invalid_option"


class UnreadableFileError(OnsightError):
    """The file cannot be read: it is missing, locked or a folder."""

    code = "unreadable_file"


class UnwritableFileError(OnsightError):
    """The file cannot be written: its folder is missing, full or locked."""

    code = "unwritable_file"


class InvalidSidecarError(OnsightError):
    """A sidecar is not XMP, or is broken; it is never overwritten."""

    code = "invalid_sidecar"


class ImageError(OnsightError):
    """Base class of errors in the content of a picture's file."""

    fault = Fault.FILE


class EmptyFileError(ImageError):
    """The file is empty."""

    code = "empty_file"


class NotAnImageError(ImageError):
    """The content is not in a picture format, whatever the file's name says.

    ``detail`` is ``{"format": name}`` if the format was recognised.
    """

    code = "not_an_image"


class UnsupportedFormatError(ImageError):
    """The content is in a known format that Onsight cannot open.

    ``detail`` is ``{"format": name, "try_browser": bool}``, sometimes with a ``"reason"``. If ``try_browser`` is true,
    the page tries the browser's own decoder before it gives up.
    """

    code = "unsupported_format"


class CorruptImageError(ImageError):
    """The format is known, but the picture is damaged or truncated.

    ``detail`` is ``{"format": name, "reason": the decoder's own words}``.
    """

    code = "corrupt_image"


class ImageTooLargeError(ImageError):
    """The picture has more pixels than Onsight accepts.

    ``detail`` is ``{"width", "height", "max_pixels"}`` in pixels, or ``{"format", "reason"}``.
    """

    code = "image_too_large"


class ModelError(OnsightError):
    """Base class of errors in a model."""

    fault = Fault.ENGINE


class InvalidSpecError(ModelError):
    """A model's description is incomplete or contradicts itself."""

    code = "invalid_spec"


class ModelMissingError(ModelError):
    """The model's files are missing on this machine."""

    code = "model_missing"


class ModelFailedError(ModelError):
    """The network could not be loaded or run."""

    code = "model_failed"


class LibraryError(OnsightError):
    """The library cannot be used: it is not one, is from a newer Onsight, locked or damaged, or no space is left."""

    code = "library_failed"
    fault = Fault.ENGINE


class InvalidQueryError(OnsightError):
    """A search query is invalid.

    ``detail`` is ``{"query", "position": index of the first wrong character, "length": of the wrong part}``.
    """

    code = "invalid_query"


class CancelledError(OnsightError):
    """The user or the program cancelled the work."""

    code = "cancelled"


class DownloadFailedError(OnsightError):
    """A part of the engine could not be downloaded completely. The page raises this, like `WorkerFailedError`."""

    code = "download_failed"
    fault = Fault.ENGINE


class WorkerFailedError(OnsightError):
    """The worker or process could not be started, or crashed and could not be replaced."""

    code = "worker_failed"
    fault = Fault.ENGINE


class OutOfMemoryError(OnsightError):
    """There was not enough memory for this picture. ``detail`` is ``{"format", "reason"}`` or None."""

    code = "out_of_memory"


class CrashedError(OnsightError):
    """This picture crashed a worker or process more than once while it was processing nothing else."""

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
"""All error codes."""


def fault_of(code: str) -> Fault:
    """Return the cause of errors with this code."""
    return error_of(code, "").fault


def error_of(code: str, message: str) -> OnsightError:
    """Return an error that was raised elsewhere, as an instance of the class with its code."""
    pending: list[type[OnsightError]] = [OnsightError]
    while pending:
        cls = pending.pop()
        if cls.code == code and not (cls.__subclasses__() and cls is not OnsightError):
            return cls(message)
        pending.extend(cls.__subclasses__())
    raise ValueError(f"There is no error with the code {code!r}.")
