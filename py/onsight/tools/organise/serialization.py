"""Looks on their way from one worker of a page to another: as bytes.

On the command line looks go from process to process as pickles; so do they here. What comes back is made of the classes
below alone, so that bytes of another origin can at worst be refused.
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
    """Return a look as bytes."""
    fields = {name: getattr(look, name) for name in PictureRecord.__dataclass_fields__}
    # An array as its bytes: what rebuilds arrays is no class of ours.
    return pickle.dumps({**fields, "embedding": look.embedding.tobytes()}, protocol=5)


def unpack(data: bytes) -> PictureRecord:
    """Return the look that bytes are of.

    Raises:
        InvalidOptionError: They are of none.
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
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a look")
        return found
