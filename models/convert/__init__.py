"""Make the ``.onnx`` files that Onsight runs, from the registry packages that ship the weights.

``python -m models.convert`` at the root of the repository, or :func:`convert` from Python. NumPy and onnx are
all it needs: weights are read without their framework, and equal input gives equal bytes on every machine, so
that ``model.json`` can hold the SHA-256 of the result.
"""

from models.convert.conversion import build, convert
from models.convert.errors import ConversionError

__all__ = ["ConversionError", "build", "convert"]
