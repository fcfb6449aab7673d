"""Read TensorFlow.js graph models: a ``model.json`` and the weight shards next to it.

Source: ``tfjs-core/src/io`` (the manifest of the weights) and TensorFlow's ``node_def.proto`` as JSON, in which
numbers are strings and bytes are base64 (or lists of numbers, from old converters).
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.convert.errors import ConversionError

Array = np.ndarray[Any, Any]
DTYPES = {"float32": "<f4", "int32": "<i4", "float16": "<f2", "uint8": "u1", "uint16": "<u2"}


@dataclass(frozen=True)
class Node:
    """One operation of the graph.

    Attributes:
        name: Its name, which is also the name of its first output.
        op: TensorFlow's name of the operation.
        inputs: Names of the nodes whose outputs it reads, in order.
        attributes: TensorFlow's ``AttrValue`` as JSON, by name.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def integers(self, name: str) -> list[int]:
        """Return an attribute that is a list of integers; empty if missing."""
        values = self.attributes.get(name, {}).get("list", {}).get("i", [])
        return [int(value) for value in values]

    def text(self, name: str) -> str:
        """Return an attribute that is a string; empty if missing."""
        return _text(self.attributes.get(name, {}).get("s", ""))

    def texts(self, name: str) -> list[str]:
        """Return an attribute that is a list of strings; empty if missing."""
        return [_text(value) for value in self.attributes.get(name, {}).get("list", {}).get("s", [])]

    def number(self, name: str) -> float:
        """Return an attribute that is a number; 0 if missing, as in protocol buffers."""
        return float(self.attributes.get(name, {}).get("f", 0))

    def flag(self, name: str) -> bool:
        """Return an attribute that is true or false; false if missing."""
        return bool(self.attributes.get(name, {}).get("b", False))


@dataclass(frozen=True)
class GraphModel:
    """A graph and its constants.

    Attributes:
        nodes: All operations by name.
        weights: Values of the ``Const`` nodes by name, float32 or int32.
    """

    nodes: Mapping[str, Node]
    weights: Mapping[str, Array]

    def node(self, name: str) -> Node:
        """Return a node.

        Raises:
            ConversionError: There is none of this name.
        """
        if name not in self.nodes:
            raise ConversionError(f"The graph has no node {name!r}.")
        return self.nodes[name]

    def weight(self, name: str) -> Array:
        """Return a constant.

        Raises:
            ConversionError: There is none of this name.
        """
        if name not in self.weights:
            raise ConversionError(f"The graph has no constant {name!r}.")
        return self.weights[name]


def read_graph_model(model_json: bytes, read: Callable[[Sequence[str]], Sequence[bytes]]) -> GraphModel:
    """Read a graph model.

    Args:
        model_json: Content of ``model.json``.
        read: Returns the contents of files named relative to ``model.json``.

    Returns:
        The graph.

    Raises:
        ConversionError: It is not a graph model, or its weights do not match its manifest.
    """
    try:
        description = json.loads(model_json)
        nodes = {
            entry["name"]: Node(
                entry["name"],
                entry["op"],
                tuple(_node_name(name) for name in entry.get("input", []) if not name.startswith("^")),
                entry.get("attr", {}),
            )
            for entry in description["modelTopology"]["node"]
        }
        weights: dict[str, Array] = {}
        for group in description["weightsManifest"]:
            weights.update(_read_weights(group["weights"], b"".join(read(group["paths"]))))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConversionError(f"This is not a TensorFlow.js graph model: {error!r}") from error
    return GraphModel(nodes, weights)


def _read_weights(entries: Sequence[Mapping[str, Any]], data: bytes) -> dict[str, Array]:
    weights: dict[str, Array] = {}
    offset = 0
    for entry in entries:
        quantization = entry.get("quantization", {})
        stored = quantization.get("dtype", entry["dtype"])
        if stored not in DTYPES:
            raise ConversionError(f"The weights {entry['name']} are stored as {stored}, which is not supported.")
        dtype, count = np.dtype(DTYPES[stored]), math.prod(entry["shape"])
        end = offset + count * dtype.itemsize
        if end > len(data):
            raise ConversionError(f"The shards end at byte {len(data)}, inside the weights {entry['name']}.")
        value = np.frombuffer(data, dtype, count, offset).reshape(entry["shape"])
        if quantization:
            value = value.astype(np.float32) * np.float32(quantization.get("scale", 1))
            value += np.float32(quantization.get("min", 0))
        weights[entry["name"]] = value
        offset = end
    if offset != len(data):
        raise ConversionError(f"The shards have {len(data)} bytes, but the manifest describes only {offset}.")
    return weights


def _node_name(reference: str) -> str:
    """Return the node of a reference such as ``split:1``; the number of the output does not matter here."""
    return reference.split(":")[0]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return bytes(value).decode("latin-1")
    try:
        return base64.b64decode(value, validate=True).decode("latin-1")
    except binascii.Error as error:
        raise ConversionError(f"{value!r} is not valid base64.") from error
