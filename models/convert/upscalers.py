"""The upscaling networks as ONNX graphs, from the weights that ``models/upscale`` trains."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.convert.errors import ConversionError
from models.convert.onnx_graph import GraphBuilder, Storage

SLOPE = 0.1
"""Slope of the leaky ReLU between layers."""

Weights = Mapping[str, NDArray[np.floating]]


def read_weights(data: bytes) -> Weights:
    """Read an ``.npz`` file of kernels and biases.

    Raises:
        ConversionError: The bytes are not such a file.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError) as error:
        raise ConversionError(f"The weights cannot be read: {error}") from error


def build(weights: Weights, storage: Storage) -> bytes:
    """Build a network that upscales luminance: 3×3 convolutions, then a pixel shuffle.

    The input is ``luminance`` float32 [n, 1, height, width]; the output ``residual`` float32 [n, 1, scale · (height -
    2 · layers), scale · (width - 2 · layers)], which is added to the picture enlarged with Lanczos. No layer uses
    padding, so the result does not depend on how a picture is divided into tiles.

    Args:
        weights: ``kernel_0`` [out, in, 3, 3], ``bias_0`` [out] and so on.
        storage: How the weights are stored.

    Returns:
        The ``.onnx`` file.

    Raises:
        ConversionError: The weights do not belong to such a network.
    """
    layers = len(weights) // 2
    names = {f"{part}_{index}" for index in range(layers) for part in ("kernel", "bias")}
    if not layers or set(weights) != names:
        raise ConversionError(f"The weights are called {', '.join(sorted(weights))}, not kernel_0, bias_0 and so on.")
    scale = round(len(weights[f"bias_{layers - 1}"]) ** 0.5)
    channels = 1
    graph = GraphBuilder(storage)
    value = "luminance"
    for index in range(layers):
        kernel, bias = weights[f"kernel_{index}"], weights[f"bias_{index}"]
        if kernel.shape != (len(bias), channels, 3, 3):
            raise ConversionError(
                f"kernel_{index} has the shape {kernel.shape}, but its input has {channels} channels."
            )
        channels = len(bias)
        inputs = [value, graph.kernel(f"kernel_{index}", kernel), graph.vector(f"bias_{index}", bias)]
        value = graph.node("Conv", inputs, f"layer_{index}")
        if index < layers - 1:
            value = graph.node("LeakyRelu", [value], f"active_{index}", alpha=SLOPE)
    if channels != scale**2:
        raise ConversionError(f"{channels} channels do not make a square block of pixels.")
    graph.node("DepthToSpace", [value], "residual", blocksize=scale, mode="CRD")
    declare = helper.make_tensor_value_info
    return graph.serialize(
        "upscaler",
        [declare("luminance", TensorProto.FLOAT, ["n", 1, "height", "width"])],
        [declare("residual", TensorProto.FLOAT, ["n", 1, "rows", "columns"])],
    )
