"""Results of the methods that all picture tools share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import ImageInfo, to_json


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture that any browser can show, upright.

    Attributes:
        data: The bytes of a JPEG file; empty if the file itself can be shown, and no preview was wanted in that case.
        media_type: ``"image/jpeg"``.
        image: The picture that it was made from.
    """

    data: bytes
    media_type: str
    image: ImageInfo

    def to_json(self) -> dict[str, Any]:
        """Return the preview as plain data; ``data`` stays bytes."""
        return to_json(self)
