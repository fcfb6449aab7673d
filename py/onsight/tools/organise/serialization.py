"""Serialize picture records, to send them from one worker of the page to another.

They are pickled, as between the processes of the command line. Only the classes below can be unpickled, so bytes from
another source can at worst be rejected.
"""

from __future__ import annotations

import io
import pickle

import numpy as np

from onsight.core import results
from onsight.errors import InvalidOptionError
from onsight.library import records
from onsight.library.records import PictureRecord
from onsight.metadata import stated
from onsight.tools.classify import results as classification
from onsight.tools.detect import results as detection
from onsight.tools.tag import results as tagging

_MODULES = {module.__name__: module for module in (results, classification, detection, tagging, records, stated)}


def pack(look: PictureRecord) -> bytes:
    """Serialize a record."""
    fields = {name: getattr(look, name) for name in PictureRecord.__dataclass_fields__}
    # The array is sent as bytes, because NumPy's functions for rebuilding arrays are not allowed.
    return pickle.dumps({**fields, "embedding": look.embedding.tobytes()}, protocol=5)


def unpack(data: bytes) -> PictureRecord:
    """Deserialize a record.

    Raises:
        InvalidOptionError: The bytes are not a record.
    """
    try:
        fields = _Unpickler(io.BytesIO(data)).load()
        return PictureRecord(**{**fields, "embedding": np.frombuffer(fields["embedding"], np.float16)})
    except Exception as error:  # a damaged pickle raises anything
        raise InvalidOptionError(f"look must be what index answered ({error}).") from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        known = _MODULES.get(module)
        if known is None or not isinstance(found := getattr(known, name, None), type):
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a picture record")
        return found
