"""EfficientNet-Lite as an ONNX graph.

This is the variant of EfficientNet that its authors made for small devices: seven stages of inverted residual blocks
with ReLU6 and without squeeze-and-excitation. Depth and width follow from the weights, so every size (0 to 4) works.

Source: ``lukemelas/EfficientNet-PyTorch`` as adapted in ``ml-illustrated/EfficientNet-Lite-PyTorch``
(Apache-2.0), and TensorFlow's ``efficientnet/lite`` for padding and the epsilon.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from models.convert.errors import ConversionError
from models.convert.onnx_graph import GraphBuilder, Storage

StateDict = dict[str, np.ndarray[Any, Any]]

BATCH_NORM_EPSILON = 1e-3
STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)
"""Stride of the first block of each stage; the stem has a stride of 2 too, so the network's is 32."""

INNER_STAGE = 5
"""Index of the stage that two outputs expose. Its maps have the size of the last stage's, and contain textures, light
and surroundings that the last stage has discarded in order to distinguish objects."""


class _Network:
    """Turns the layers of one checkpoint into nodes of one graph."""

    def __init__(self, weights: StateDict, storage: Storage) -> None:
        self.weights = weights
        self.graph = GraphBuilder(storage)
        self.relu6 = [
            self.graph.constant(name, np.array(value, np.float32)) for name, value in (("zero", 0), ("six", 6))
        ]

    def weight(self, name: str) -> np.ndarray[Any, Any]:
        if name not in self.weights:
            raise ConversionError(f"The checkpoint has no tensor {name!r}; is it an EfficientNet-Lite?")
        return self.weights[name]

    def conv(self, x: str, name: str, conv: str, norm: str, *, stride: int = 1, activate: bool = True) -> str:
        """Add convolution, batch normalisation folded into it, and ReLU6."""
        kernel = self.weight(f"{conv}.weight").astype(np.float64)
        variance = self.weight(f"{norm}.running_var").astype(np.float64)
        gain = self.weight(f"{norm}.weight") / np.sqrt(variance + BATCH_NORM_EPSILON)
        bias = self.weight(f"{norm}.bias") - self.weight(f"{norm}.running_mean") * gain
        kernel *= gain[:, None, None, None]

        attributes: dict[str, Any] = {"kernel_shape": kernel.shape[2:], "strides": [stride, stride]}
        if kernel.shape[2:] != (1, 1):
            attributes["auto_pad"] = "SAME_UPPER"  # TensorFlow's SAME, which the weights were trained with
        if kernel.shape[1] == 1:
            attributes["group"] = kernel.shape[0]  # depthwise
        inputs = [
            x,
            self.graph.kernel(f"{name}.weight", kernel.astype(np.float32)),
            self.graph.vector(f"{name}.bias", bias.astype(np.float32)),
        ]
        if not activate:
            return self.graph.node("Conv", inputs, name, **attributes)
        return self.graph.node(
            "Clip", [self.graph.node("Conv", inputs, f"{name}.conv", **attributes), *self.relu6], name
        )

    def stages(self) -> list[int]:
        """Return the index of each block's stage."""
        count = 1 + max((int(key.split(".")[1]) for key in self.weights if key.startswith("_blocks.")), default=-1)
        widths = [self.weight(f"_blocks.{index}._project_conv.weight").shape[0] for index in range(count)]
        # Within a stage the number of channels is constant.
        changes = [int(width != before) for before, width in zip(widths[:1] + widths, widths, strict=False)]
        return list(accumulate(changes))

    def blocks(self, x: str) -> str:
        """Add all inverted residual blocks."""
        stages = self.stages()
        inner = [index for index, stage in enumerate(stages) if stage == INNER_STAGE]
        if max(stages, default=-1) != len(STAGE_STRIDES) - 1 or len(inner) < 2:
            raise ConversionError("The checkpoint's blocks do not make the seven stages of an EfficientNet-Lite.")
        names = {inner[1]: "middle_map", inner[-1]: "late_map"}
        for index, stage in enumerate(stages):
            source, name = f"_blocks.{index}", f"blocks.{index}"
            first = index == 0 or stage != stages[index - 1]
            stride = STAGE_STRIDES[stage] if first else 1
            y = x
            if f"{source}._expand_conv.weight" in self.weights:
                y = self.conv(y, names.get(index, f"{name}.expand"), f"{source}._expand_conv", f"{source}._bn0")
            y = self.conv(y, f"{name}.depthwise", f"{source}._depthwise_conv", f"{source}._bn1", stride=stride)
            y = self.conv(y, f"{name}.project", f"{source}._project_conv", f"{source}._bn2", activate=False)
            x = y if first else self.graph.node("Add", [y, x], name)
        return x

    def head(self, x: str) -> None:
        """Add the outputs that depend on the last feature map.

        Pooling is an average and the classifier is linear, so applying the classifier at every position of the feature
        map and averaging gives the same logits. The class map therefore shows exactly where the logits come from. It
        costs 8% of a run, so it is inside an ``If``. The switch is a float like all other tensors that pass between
        Python, JavaScript and the runtimes, so none of them needs a table of types.
        """
        kernel = self.graph.kernel("classifier.weight", self.weight("_fc.weight")[:, :, None, None])
        bias = self.graph.vector("classifier.bias", self.weight("_fc.bias"))
        classes = self.weight("_fc.bias").size
        pooled = self.graph.node("GlobalAveragePool", [x], "pooled")
        self.graph.node("Flatten", [pooled], "features", axis=1)
        scores = self.graph.node("Conv", [pooled, kernel, bias], "classifier", kernel_shape=[1, 1])
        self.graph.node("Flatten", [scores], "logits", axis=1)

        def branch(name: str, shape: list[int | str], op_type: str, inputs: list[str], **attributes: Any) -> Any:
            output = f"class_map.{name}"
            node = helper.make_node(op_type, inputs, [output], name=output, **attributes)
            return helper.make_graph(
                [node], name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
            )

        switch = self.graph.node("Cast", ["with_class_map"], "class_map.switch", to=TensorProto.BOOL)
        nothing = helper.make_tensor("nothing", TensorProto.FLOAT, [0, classes, 0, 0], [])
        self.graph.node(
            "If",
            [switch],
            "class_map",
            then_branch=branch(
                "wanted", ["n", classes, "rows", "columns"], "Conv", [x, kernel, bias], kernel_shape=[1, 1]
            ),
            else_branch=branch("unwanted", [0, classes, 0, 0], "Constant", [], value=nothing),
        )


def build(weights: StateDict, storage: Storage) -> bytes:
    """Build the network from a state dict.

    All tensors are float32. The inputs are ``pixel_values`` [n, 3, height, width], any height and width, and
    ``with_class_map`` [1], 1 or 0. The outputs, with rows = ceil(height / 32) and columns = ceil(width / 32), are:

    - ``logits`` [n, classes];
    - ``features`` [n, channels], the average of the feature map over all positions;
    - ``feature_map`` [n, channels, rows, columns];
    - ``class_map`` [n, classes, rows, columns], whose average over all positions is the logits;
      [0, classes, 0, 0] if ``with_class_map`` is 0;
    - ``middle_map`` and ``late_map`` [n, inner channels, rows, columns], the expanded activations in the second and
      last block of the sixth stage, in [0, 6].

    Args:
        weights: The checkpoint's tensors by PyTorch's names; kernels are [out, in, height, width].
        storage: How the weights are stored.

    Returns:
        The ``.onnx`` file.

    Raises:
        ConversionError: A tensor is missing or the blocks are not those of an EfficientNet-Lite.
    """
    network = _Network(weights, storage)
    x = network.conv("pixel_values", "stem", "_conv_stem", "_bn0", stride=2)
    x = network.blocks(x)
    x = network.conv(x, "feature_map", "_conv_head", "_bn1")
    network.head(x)
    classes, channels = weights["_fc.weight"].shape
    inner = weights[f"_blocks.{network.stages().index(INNER_STAGE) + 1}._expand_conv.weight"].shape[0]
    declare = helper.make_tensor_value_info
    return network.graph.serialize(
        "efficientnet_lite",
        [
            declare("pixel_values", TensorProto.FLOAT, ["n", 3, "height", "width"]),
            declare("with_class_map", TensorProto.FLOAT, [1]),
        ],
        [
            declare("logits", TensorProto.FLOAT, ["n", classes]),
            declare("features", TensorProto.FLOAT, ["n", channels]),
            declare("feature_map", TensorProto.FLOAT, ["n", channels, "rows", "columns"]),
            declare("class_map", TensorProto.FLOAT, ["maps", classes, "map_rows", "map_columns"]),
            declare("middle_map", TensorProto.FLOAT, ["n", inner, "rows", "columns"]),
            declare("late_map", TensorProto.FLOAT, ["n", inner, "rows", "columns"]),
        ],
    )
