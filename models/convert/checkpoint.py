"""Read PyTorch's legacy checkpoints (``torch.save`` before 1.6, not a zip file) using only NumPy.

The file is a sequence of pickles (magic number, protocol version, system facts, the object, the keys of its storages)
followed by the storages' raw elements. A pickle can call anything that can be imported, so only the names that a
dictionary of tensors needs are allowed.

Source: ``torch/serialization.py``, ``_legacy_load``.
"""

from __future__ import annotations

import collections
import io
import pickle
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from models.convert.errors import ConversionError

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
STORAGE_DTYPES = {"FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8"}


@dataclass(frozen=True)
class _Storage:
    """A flat array; its elements come later in the file."""

    key: str
    dtype: np.dtype[Any]
    size: int


@dataclass(frozen=True)
class _View:
    """A tensor: a view of a storage; offset and strides are in elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def resolve(self, elements: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the tensor as a C-contiguous copy.

        Strides matter: these weights were saved as permuted views of TensorFlow's arrays. Reading them as contiguous
        arrays would raise no error and give a network that is silently wrong.
        """
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.strides, strict=True))
        if 0 in self.shape or min((self.offset, *self.strides)) < 0 or last >= elements.size:
            raise ConversionError(
                f"A tensor of shape {self.shape}, strides {self.strides} and offset {self.offset} does not "
                f"fit into its storage of {elements.size} elements."
            )
        steps = [step * elements.itemsize for step in self.strides]
        return np.lib.stride_tricks.as_strided(elements[self.offset :], self.shape, steps).copy()


def _rebuild_tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _View:
    return _View(storage, offset, tuple(shape), tuple(strides))


class _Unpickler(pickle.Unpickler):
    """Unpickles dictionaries of tensors and rejects everything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in STORAGE_DTYPES:
            return np.dtype(STORAGE_DTYPES[name])
        raise ConversionError(f"The checkpoint asks for {module}.{name}, which no dictionary of tensors needs.")

    def persistent_load(self, pid: Any) -> _Storage:
        match pid:
            case ("storage", np.dtype() as dtype, str() as key, str(), int() as size, None):
                return _Storage(key, dtype, size)
        raise ConversionError(f"The checkpoint refers to {pid!r}; only whole storages are understood.")


def read_state_dict(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Read a checkpoint that contains a state dict.

    Args:
        data: The file's bytes.

    Returns:
        C-contiguous arrays by parameter name, in the file's order and dtypes (float32, float16 or int64).

    Raises:
        ConversionError: The bytes are not a legacy checkpoint, are truncated, or contain anything but tensors.
    """
    file = io.BytesIO(data)

    def fail(got: str) -> NoReturn:
        raise ConversionError(f"Not a legacy PyTorch checkpoint of tensors: {got}.")

    def load() -> Any:
        try:
            return _Unpickler(file).load()
        except ConversionError:
            raise
        except Exception as error:  # unpickling damaged bytes can raise nearly anything
            fail(f"{type(error).__name__}: {error}")

    if (magic := load()) != MAGIC_NUMBER:
        fail(f"the magic number is {magic!r}")
    if (version := load()) != PROTOCOL_VERSION:
        fail(f"the protocol version is {version!r}, not {PROTOCOL_VERSION}")
    if not load().get("little_endian"):
        fail("its numbers are not little-endian")
    views, keys = load(), load()
    if not isinstance(views, dict) or not all(isinstance(view, _View) for view in views.values()):
        fail("the object is not a dictionary of tensors")

    storages = {view.storage.key: view.storage for view in views.values()}
    if sorted(storages) != sorted(keys):
        fail("its storages are not the ones that its tensors refer to")
    elements: dict[str, np.ndarray[Any, Any]] = {}
    for key in keys:
        storage = storages[key]
        size = int.from_bytes(file.read(8), "little")
        raw = file.read(size * storage.dtype.itemsize)
        if size != storage.size or len(raw) != size * storage.dtype.itemsize:
            fail(f"storage {key} should have {storage.size} elements, but the file has fewer or more")
        elements[key] = np.frombuffer(raw, storage.dtype)
    return {name: view.resolve(elements[view.storage.key]) for name, view in views.items()}
