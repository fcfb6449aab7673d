"""The object detectors as ONNX graphs, each cut after its convolutions.

Python does the steps that follow in TensorFlow (decoding, sorting, suppression): they concern only a few hundred boxes,
and in Python they can be read, tested and changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.convert.errors import ConversionError
from models.convert.onnx_graph import GraphBuilder, Storage
from models.convert.tensorflow_graph import Translator
from models.convert.tfjs import GraphModel
from onsight.tools.detect.exports.coco import COCO_IDS

SSD_CLASSES = 91
"""SSD's outputs are COCO's ids from 1 to 90, including unused ones; 0 is the background."""
SSD_LEVELS = 6


def build_ssdlite(model: GraphModel, storage: Storage) -> bytes:
    """Build an SSDLite of TensorFlow's Object Detection API, trained on COCO.

    The input is ``pixel_values`` float32 [n, 3, height, width], RGB in [-1, 1]. The outputs are float32:

    - ``boxes`` [n, anchors, 4]: offset and scale of each anchor, in the order (y, x, height, width);
    - ``scores`` [n, anchors, 80]: independent probabilities of COCO's classes, in COCO's order.

    Anchors are ordered by level, then row, column and the shapes at each position.

    Args:
        model: The graph.
        storage: How the weights are stored.

    Returns:
        The ``.onnx`` file.

    Raises:
        ConversionError: The graph does not belong to such a network.
    """
    graph = GraphBuilder(storage)
    translator = Translator(graph, model, {"Preprocessor/sub": "pixel_values"}, "FeatureExtractor/MobilenetV2/")
    heads = {
        (output, level): f"BoxPredictor_{level}/{predictor}/BiasAdd"
        for level in range(SSD_LEVELS)
        for output, predictor in (("boxes", "BoxEncodingPredictor"), ("scores", "ClassPredictor"))
    }
    translator.translate(list(heads.values()))
    flat: dict[str, list[str]] = {"boxes": [], "scores": []}
    for (output, _), name in heads.items():
        if output == "scores":
            translator.select_channels(name, _classes_of_each_anchor(model, name))
        # [n, shapes * size, rows, columns] → [n, rows * columns * shapes, size]
        last = graph.node("Transpose", [translator.value(name)], f"{name}.nhwc", perm=[0, 2, 3, 1])
        shape = np.array([0, -1, 4 if output == "boxes" else len(COCO_IDS)], np.int64)
        flat[output].append(graph.node("Reshape", [last, graph.constant(f"{name}.shape", shape)], f"{name}.flat"))
    graph.node("Concat", flat["boxes"], "boxes", axis=1)
    graph.node("Sigmoid", [graph.node("Concat", flat["scores"], "logits", axis=1)], "scores")
    declare = helper.make_tensor_value_info
    return graph.serialize(
        "ssdlite",
        [declare("pixel_values", TensorProto.FLOAT, ["n", 3, "height", "width"])],
        [
            declare("boxes", TensorProto.FLOAT, ["n", "anchors", 4]),
            declare("scores", TensorProto.FLOAT, ["n", "anchors", len(COCO_IDS)]),
        ],
    )


def build_centernet(model: GraphModel, storage: Storage) -> bytes:
    """Build the CenterNet with a MobileNetV3 of ``610265158/mobilenetv3_centernet``, trained on COCO.

    The input is ``pixel_values`` float32 [n, 3, height, width], RGB in [0, 255]; sides are multiples of 32. The outputs
    are float32, with rows = height / 4 and columns = width / 4:

    - ``heat_map`` [n, 80, rows, columns]: log odds that an object of the class has its centre at this position;
    - ``distances`` [n, 4, rows, columns]: from this position to the left, top, right and bottom edge of the object, in
      pixels of the input.

    Args:
        model: The graph.
        storage: How the weights are stored.

    Returns:
        The ``.onnx`` file.

    Raises:
        ConversionError: The graph does not belong to such a network.
    """
    graph = GraphBuilder(storage)
    translator = Translator(graph, model, {"tower_0/images": "pixel_values"}, "tower_0/")
    heads = {"heat_map": "tower_0/CenternetHead/centernet_cls_output/BiasAdd", "distances": "tower_0/mul"}
    translator.translate(list(heads.values()))
    for output, name in heads.items():
        graph.node("Identity", [translator.value(name)], output)
    declare = helper.make_tensor_value_info
    return graph.serialize(
        "centernet",
        [declare("pixel_values", TensorProto.FLOAT, ["n", 3, "height", "width"])],
        [
            declare("heat_map", TensorProto.FLOAT, ["n", len(COCO_IDS), "rows", "columns"]),
            declare("distances", TensorProto.FLOAT, ["n", 4, "rows", "columns"]),
        ],
    )


def _classes_of_each_anchor(model: GraphModel, name: str) -> NDArray[np.intp]:
    """Return the channels of a class predictor for COCO's 80 classes, shape after shape."""
    channels = model.weight(model.node(name).inputs[1]).size
    shapes, rest = divmod(channels, SSD_CLASSES)
    if rest:
        raise ConversionError(f"{name!r} has {channels} channels, not a multiple of {SSD_CLASSES} classes.")
    classes: NDArray[np.intp] = np.arange(shapes)[:, None] * SSD_CLASSES + np.array(COCO_IDS)
    return classes.ravel()
