"""Write an ONNX graph with a choice of storage for its weights."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Storage = Literal["int8", "fp16", "fp32"]
STORAGES: tuple[Storage, ...] = get_args(Storage)

IR_VERSION = 8
OPSET = 17
"""The oldest versions with all the features used here, so that old runtimes can run the file."""

MIN_INT8_SIZE = 4096
"""Smaller kernels are stored as float16. They are in the first layers, whose errors pass through all the others. For
EfficientNet-Lite2 this halves the change in the outputs and adds 22 kB (0.4%)."""
MIN_FP16_SIZE = 64


class GraphBuilder:
    """Collects nodes and weights in the order in which they are added.

    Computation is in float32 with every storage. Weights in a smaller type are followed by nodes that convert them.
    These depend only on constants, so a runtime folds them once, when it loads the model.

    Attributes:
        storage: ``"int8"``: convolution kernels as int8 with one float32 scale per output channel, other
            tensors as float16. ``"fp16"``: everything as float16. ``"fp32"``: unchanged.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []

    def node(self, op_type: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node with one output, named like the node, and return that name."""
        self._nodes.append(helper.make_node(op_type, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """Add a tensor unchanged and return its name."""
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def vector(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """Add a float32 tensor, stored as float16 if that is smaller, and return its name."""
        if self.storage == "fp32" or value.size < MIN_FP16_SIZE:
            return self.constant(name, value.astype(np.float32))
        stored = self.constant(f"{name}.fp16", value.astype(np.float16))
        return self.node("Cast", [stored], name, to=TensorProto.FLOAT)

    def kernel(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """Add a float32 convolution kernel [out, in, height, width] and return its name."""
        if self.storage != "int8" or value.size < MIN_INT8_SIZE:
            return self.vector(name, value)
        value = value.astype(np.float32)
        largest = np.abs(value).max(axis=(1, 2, 3), keepdims=True)
        # A channel that is all zeros stays zero with any scale.
        scale = np.where(largest > 0, largest / np.float32(127), np.float32(1))
        quantized = self.constant(f"{name}.int8", np.round(value / scale).astype(np.int8))
        widened = self.node("Cast", [quantized], f"{name}.unscaled", to=TensorProto.FLOAT)
        return self.node("Mul", [widened, self.constant(f"{name}.scale", scale)], name)

    def serialize(
        self,
        name: str,
        inputs: list[onnx.ValueInfoProto],
        outputs: list[onnx.ValueInfoProto],
    ) -> bytes:
        """Return the checked model file; equal content gives equal bytes."""
        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._initializers)
        model = helper.make_model(
            graph,
            producer_name="onsight",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))
