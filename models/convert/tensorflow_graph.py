"""Translate TensorFlow's inference graphs of convolutional networks (NHWC) into ONNX (NCHW).

Constant operations per channel (batch normalisation, biases, scales) are folded into the preceding convolution. Only
nodes that the requested outputs depend on are translated, so a graph can be cut by naming its outputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.convert.errors import ConversionError
from models.convert.folding import Convolution, Dropped
from models.convert.onnx_graph import GraphBuilder
from models.convert.tfjs import Array, GraphModel, Node

ADDITIONS = ("Add", "AddV2", "BiasAdd")


class Translator:
    """Translates one graph.

    Attributes:
        graph: Receives the nodes.
        model: The graph to translate.
    """

    def __init__(self, graph: GraphBuilder, model: GraphModel, inputs: Mapping[str, str], prefix: str = "") -> None:
        """Prepare a translation.

        Args:
            graph: Receives the nodes.
            model: The graph to translate.
            inputs: ONNX values that replace the nodes where the graph is cut, by the node's name.
            prefix: Removed from the names of nodes, to shorten the ONNX names.
        """
        self.graph = graph
        self.model = model
        self._values: dict[str, str | Convolution] = dict(inputs)
        self._prefix = prefix
        self._users: Counter[str] = Counter()
        self._readers: dict[str, list[Node]] = {}
        self._dropped: dict[str, Dropped] = {}
        self._limits: list[str] = []

    def translate(self, outputs: Sequence[str]) -> None:
        """Translate nodes and everything they depend on; `value` returns the results.

        Args:
            outputs: Names of nodes.

        Raises:
            ConversionError: A node is missing, or its operation is not supported.
        """
        order = self._order(outputs)
        self._users = Counter(name for node in order for name in node.inputs) + Counter(outputs)
        for node in order:
            for name in node.inputs:
                self._readers.setdefault(name, []).append(node)
        for node in order:
            self._values[node.name] = self._translate(node)

    def value(self, name: str) -> str:
        """Return the ONNX value [n, channels, height, width] of a translated node.

        If it is a convolution, nothing more can be folded into it.
        """
        value = self._values[name]
        if isinstance(value, Convolution):
            short = self._name(name)
            inputs = [
                value.source,
                self.graph.kernel(f"{short}.weight", value.kernel.astype(np.float32)),
                self.graph.vector(f"{short}.bias", value.bias.astype(np.float32)),
            ]
            value = self._values[name] = self.graph.node("Conv", inputs, short, **value.attributes)
        return value

    def select_channels(self, name: str, channels: Array) -> None:
        """Keep only some output channels, in this order, of a translated convolution that is not used yet."""
        value = self._values[name]
        if not isinstance(value, Convolution):
            raise ConversionError(f"{name!r} is not a convolution whose channels can be selected.")
        self._values[name] = value.select(channels)

    def _order(self, outputs: Sequence[str]) -> list[Node]:
        """Return the nodes that still have to be translated, each after its inputs."""
        order: list[Node] = []
        done = set(self._values)
        pending = [(name, False) for name in outputs]
        while pending:
            name, entered = pending.pop()
            if name in done:
                continue
            node = self.model.node(name)
            if entered:
                done.add(name)
                order.append(node)
            elif node.op != "Const":
                pending.append((name, True))
                pending.extend((source, False) for source in reversed(node.inputs))
        return order

    def _translate(self, node: Node) -> str | Convolution:
        if node.op not in _OPERATIONS:
            raise ConversionError(f"The operation {node.op} of {node.name!r} is not supported.")
        return _OPERATIONS[node.op](self, node)

    def _name(self, name: str) -> str:
        return name.removeprefix(self._prefix)

    def _is_constant(self, name: str) -> bool:
        return name not in self._values and self.model.node(name).op == "Const"

    def _foldable(self, name: str) -> Convolution | None:
        """Return the pending convolution of a node, if it has no other users."""
        value = self._values[name]
        return value if isinstance(value, Convolution) and self._users[name] == 1 else None

    # --- operations ------------------------------------------------------------------------------------------

    def _convolution(self, node: Node) -> str | Convolution:
        kernel = self.model.weight(node.inputs[1]).astype(np.float64)  # [height, width, in, out or multiplier]
        if set(node.integers("dilations")) - {1}:
            raise ConversionError(f"The convolution {node.name!r} is dilated, which is not supported.")
        size = kernel.shape[:2]
        attributes: dict[str, Any] = {"kernel_shape": size, "strides": node.integers("strides")[1:3]}
        if node.text("padding") == "SAME":
            if size != (1, 1):
                attributes["auto_pad"] = "SAME_UPPER"
        elif node.text("padding") != "VALID":
            raise ConversionError(f"The padding {node.text('padding')!r} of {node.name!r} is not supported.")
        if "Depthwise" in node.op:
            attributes["group"] = kernel.shape[2]
            kernel = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *size)
        else:
            kernel = kernel.transpose(3, 2, 0, 1)
        fused = node.texts("fused_ops")
        bias = np.zeros(len(kernel))
        if fused[:1] == ["BiasAdd"]:
            bias = self.model.weight(node.inputs[2]).astype(np.float64)
            fused = fused[1:]
        convolution = Convolution(self.value(node.inputs[0]), kernel, bias, attributes)
        if node.inputs[0] in self._dropped:
            convolution = convolution.without_inputs(self._dropped[node.inputs[0]])
        if not fused:
            return convolution
        if len(fused) > 1 or fused[0] not in ("Relu", "Relu6"):
            raise ConversionError(f"{node.name!r} fuses {', '.join(fused)}, which is not supported.")
        before = f"{node.name}/{fused[0]}_input"
        self._values[before] = convolution
        return self._activate(fused[0], before, node.name)

    def _batch_norm(self, node: Node) -> str | Convolution:
        gain, offset, mean, variance = (self.model.weight(name).astype(np.float64) for name in node.inputs[1:5])
        gain = gain / np.sqrt(variance + node.number("epsilon"))
        return self._affine(node.name, node.inputs[0], gain, offset - mean * gain)

    def _arithmetic(self, node: Node) -> str | Convolution:
        left, right = node.inputs[:2]
        if self._is_constant(left):
            left, right = right, left
        if not self._is_constant(right):
            op_type = "Mul" if node.op == "Mul" else "Add"
            return self.graph.node(op_type, [self.value(left), self.value(right)], self._name(node.name))
        constant = self.model.weight(right).astype(np.float64)
        if constant.ndim > 1:
            raise ConversionError(f"The constant {right!r} of shape {constant.shape} is not one number per channel.")
        if node.op == "Mul":
            return self._affine(node.name, left, constant, None)
        return self._affine(node.name, left, None, constant)

    def _affine(self, name: str, source: str, gain: Array | None, offset: Array | None) -> str | Convolution:
        """Multiply and then add, per channel: in the preceding convolution, or with separate nodes."""
        convolution = self._foldable(source)
        if convolution is not None:
            if gain is not None:
                convolution = convolution.scaled(gain)
            return convolution if offset is None else convolution.shifted(offset)
        value, short = self.value(source), self._name(name)
        for op_type, constant in (("Mul", gain), ("Add", offset)):
            if constant is not None:
                shape = (-1, 1, 1) if constant.size > 1 else ()
                operand = self.graph.vector(f"{short}.{op_type}", constant.reshape(shape).astype(np.float32))
                final = op_type == "Add" or offset is None
                value = self.graph.node(op_type, [value, operand], short if final else f"{short}.scaled")
        return value

    def _add_all(self, node: Node) -> str:
        value = self.value(node.inputs[0])
        for index, name in enumerate(node.inputs[1:], 1):
            last = index == len(node.inputs) - 1
            output = self._name(node.name) + ("" if last else f".{index}")
            value = self.graph.node("Add", [value, self.value(name)], output)
        return value

    def _drop_dead_channels(self, op: str, source: str, name: str) -> None:
        """Remove channels of a depthwise convolution whose kernels training has driven to zero.

        Each of them is constant. If only a 1x1 convolution reads them, they become part of its bias.
        """
        convolution, readers = self._foldable(source), self._readers.get(name, [])
        if convolution is None or "group" not in convolution.attributes or self._users[name] != 1 or not readers:
            return
        if readers[0].op not in ("Conv2D", "_FusedConv2D") or self.model.weight(readers[0].inputs[1]).shape[:2] != (
            1,
            1,
        ):
            return
        is_dead = convolution.is_dead()
        if not is_dead.any() or len(is_dead) != convolution.attributes["group"]:
            return
        values = np.clip(convolution.bias[is_dead], 0, 6 if op == "Relu6" else None)
        self._dropped[name] = Dropped(np.flatnonzero(is_dead), values)
        alive, short = np.flatnonzero(~is_dead), self._name(name)
        picked = [convolution.source, self.graph.constant(f"{short}.channels", alive)]
        attributes = {**convolution.attributes, "group": len(alive)}
        convolution = replace(convolution.select(alive), attributes=attributes)
        self._values[source] = replace(convolution, source=self.graph.node("Gather", picked, f"{short}.alive", axis=1))

    def _activate(self, op: str, source: str, name: str) -> str:
        if op in ("Relu", "Relu6"):
            self._drop_dead_channels(op, source, name)
        value = self.value(source)
        if op != "Relu6":
            return self.graph.node(op, [value], self._name(name))
        if not self._limits:
            self._limits = [
                self.graph.constant(limit, np.array(number, np.float32)) for limit, number in (("zero", 0), ("six", 6))
            ]
        return self.graph.node("Clip", [value, *self._limits], self._name(name))

    def _activation(self, node: Node) -> str:
        return self._activate(node.op, node.inputs[0], node.name)

    def _identity(self, node: Node) -> str | Convolution:
        return self._values[node.inputs[0]]

    def _mean(self, node: Node) -> str:
        axes = sorted(self.model.weight(node.inputs[1]).ravel().tolist())
        if axes != [1, 2] or not node.flag("keep_dims"):
            raise ConversionError(f"The mean {node.name!r} over the axes {axes} is not one over height and width.")
        return self.graph.node("GlobalAveragePool", [self.value(node.inputs[0])], self._name(node.name))

    def _concatenate(self, node: Node) -> str:
        *sources, axis = node.inputs
        if int(self.model.weight(axis)) not in (3, -1):
            raise ConversionError(f"{node.name!r} concatenates along an axis other than channels.")
        return self.graph.node("Concat", [self.value(name) for name in sources], self._name(node.name), axis=1)

    def _double(self, node: Node) -> str:
        """Resize to twice the size, like Keras' ``UpSampling2D`` by 2. These graphs have no other resize.

        The graphs contain the absolute sizes for the input that they were frozen with; a factor works for every input.
        It is TensorFlow's oldest kind of resize: output pixel i is at i / 2 of the input, without the half-pixel shift.
        """
        if node.flag("align_corners") or node.flag("half_pixel_centers"):
            raise ConversionError(f"The resize {node.name!r} aligns its pixels in a way that is not supported.")
        scales = self.graph.constant(f"{self._name(node.name)}.scales", np.array([1, 1, 2, 2], np.float32))
        return self.graph.node(
            "Resize",
            [self.value(node.inputs[0]), "", scales],
            self._name(node.name),
            mode="linear",
            coordinate_transformation_mode="asymmetric",
        )


_OPERATIONS: Mapping[str, Callable[[Translator, Node], str | Convolution]] = {
    **dict.fromkeys(
        ("Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"), Translator._convolution
    ),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV3"), Translator._batch_norm),
    **dict.fromkeys((*ADDITIONS, "Mul"), Translator._arithmetic),
    "AddN": Translator._add_all,
    **dict.fromkeys(("Relu", "Relu6", "Sigmoid"), Translator._activation),
    "Identity": Translator._identity,
    "Mean": Translator._mean,
    "ConcatV2": Translator._concatenate,
    "ResizeBilinear": Translator._double,
}
