"""Convert the weights in registry packages to the ``.onnx`` files that Onsight runs.

Use ``python -m models.convert`` in the root of the repository, or :func:`convert` from Python. It needs only NumPy and
onnx: weights are read without their framework. Equal input gives equal bytes on every machine, so ``model.json`` can
contain the SHA-256 of the result.
"""

from models.convert.conversion import build, convert
from models.convert.errors import ConversionError

__all__ = ["ConversionError", "build", "convert"]
