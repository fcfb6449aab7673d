"""Detection: finds objects of COCO's 80 classes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.core.boxes import clip_boxes_to_image
from onsight.core.flow import Flow, Run, Stage, Tensors, outputs_of
from onsight.core.results import Box, ImageInfo
from onsight.errors import InvalidSpecError
from onsight.evidence.network_outputs import CLASSIFIER
from onsight.image import DecodedImage, decode
from onsight.networks.models import Models
from onsight.networks.preprocess import Region, Transform
from onsight.networks.spec import ModelSpec
from onsight.tools.detect.candidates import Candidates, Objects
from onsight.tools.detect.decoding import DECODERS
from onsight.tools.detect.fusion import fuse, gather, is_doubtful, merge_parts
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.presets import Calibration, Preset, load_calibration
from onsight.tools.detect.rescoring import Rescorer, Rescoring
from onsight.tools.detect.results import Detection, DetectionClass, DetectionClasses
from onsight.tools.detect.selection import check_labels, select_objects
from onsight.tools.detect.tiles import MAX_TILES, Pass, prepare, regions

DETECTORS = ("centernet-mobilenet-v3", "ssdlite-mobilenet-v2")
"""Ids of the models that detection runs."""


@dataclass(frozen=True, slots=True, eq=False)
class DetectorRun:
    """What the networks propose for a picture; `Detector.select` turns it into a result.

    It is small. Keep it to try other thresholds without running a network again.

    Attributes:
        parts: The parts of the picture that the networks saw, the whole picture first, and the candidates of each pass
            there, in pixels of the picture.
        preset: The passes and their weights.
        image: The picture.
        rescoring: The classifier's evidence, or None if it was not asked.
    """

    parts: tuple[tuple[Region, tuple[Candidates, ...]], ...]
    preset: Preset
    image: ImageInfo
    rescoring: Rescoring | None = None


@dataclass(frozen=True, slots=True)
class Detector:
    """Detection networks that know the same classes, and the weights of their evidence.

    Attributes:
        specs: The networks' descriptions by id.
        labels: Names of the classes.
        calibration: The presets and thresholds.
        rescorer: The classifier, which rescores animals and vehicles.
    """

    specs: Mapping[str, ModelSpec]
    labels: tuple[str, ...]
    calibration: Calibration
    rescorer: Rescorer

    @classmethod
    def from_text(cls, models: Sequence[tuple[str, str]], classifier: tuple[str, str]) -> Detector:
        """Make a detector from the texts of ``model.json`` and ``labels.txt`` of each network.

        Args:
            models: Texts of the detection networks.
            classifier: Texts of the classifier.

        Raises:
            InvalidSpecError: A description is invalid, the classes differ, or a network of a preset is missing.
        """
        specs: dict[str, ModelSpec] = {}
        classes = set()
        for spec_text, labels_text in models:
            spec = ModelSpec.from_json(json.loads(spec_text))
            if spec.decoder is None:
                raise InvalidSpecError(f"The model {spec.id} is not a detector.")
            specs[spec.id] = spec
            classes.add(spec.parse_labels(labels_text))
        if len(classes) != 1:
            raise InvalidSpecError("The detection models have different classes.")
        calibration = load_calibration()
        needed = {look.model for preset in calibration.presets.values() for look in preset.passes}
        if missing := sorted(needed - set(specs)):
            raise InvalidSpecError(f"Detection needs the model {', '.join(missing)} too.")
        labels = classes.pop()
        return cls(specs, labels, calibration, Rescorer.from_text(*classifier, labels))

    @classmethod
    def from_models(cls, models: Models) -> Detector:
        """Create the task from the descriptions of its networks; errors as for `Models.make`."""
        return cls.from_text([models.texts(model) for model in DETECTORS], models.texts(CLASSIFIER))

    @property
    def classes(self) -> DetectionClasses:
        """The classes that the detector knows, with their default thresholds."""
        return DetectionClasses(tuple(DetectionClass(*item) for item in self.thresholds.items()))

    @property
    def thresholds(self) -> dict[str, float]:
        """The default threshold of each class: the score that an object must reach."""
        known = self.calibration
        return {label: known.thresholds.get(label, known.threshold) for label in self.labels}

    def blank_runs(self) -> list[Run]:
        """Return the runs of the default preset on an empty picture, to warm the networks up."""
        runs = []
        for look in self.calibration.presets["default"].passes:
            height, width = look.input_size((0.0, 0.0, 1.0, 1.0))
            runs.append(self._run(look, np.zeros((1, 3, height, width), np.float32)))
        return runs

    def detect(self, image: bytes, options: DetectOptions) -> Flow[Detection]:
        """Find the objects in a picture.

        Args:
            image: The file's bytes.
            options: How to look for objects, and which to return.

        Returns:
            The boxes, most probable first.

        Raises:
            ImageError: The bytes are not a picture that can be opened.
            InvalidOptionError: A class in ``allow`` or ``deny`` does not exist.
        """
        found = yield from self.find(image, options)
        return self.select(found, options)

    def find(self, image: bytes, options: DetectOptions, *, rescore: bool = True) -> Flow[DetectorRun]:
        """Run the networks on a picture; arguments and errors as for `detect` and `find_in`."""
        self.check(options)
        yield Stage("decode")
        return (yield from self.find_in(decode(image, min_side=self.min_side(options)), options, rescore=rescore))

    def check(self, options: DetectOptions) -> None:
        """Check that the classes that the options name exist.

        Raises:
            InvalidOptionError: A class in ``allow`` or ``deny`` does not exist.
        """
        check_labels(options, self.labels)

    def min_side(self, options: DetectOptions) -> int:
        """Return the shortest side in pixels that a picture must keep when it is decoded."""
        side = max(look.side for look in self._preset(options).passes)
        # Tiles can be as small as a quarter of the picture's short side.
        return side * (round(MAX_TILES**0.5) if options.tiled else 1)

    def find_in(self, decoded: DecodedImage, options: DetectOptions, *, rescore: bool = True) -> Flow[DetectorRun]:
        """Run the networks on a picture that is decoded already.

        Args:
            decoded: The picture.
            options: As for `detect`.
            rescore: Whether to ask the classifier if that could change the result.
        """
        preset, info = self._preset(options), decoded.info
        parts = []
        for region in regions(info.height, info.width, options.tiled):
            parts.append((region, (yield from self._look(decoded, region, preset.passes))))  # noqa: PERF401  # it yields
        rescoring = None
        if rescore and any(is_doubtful(candidates, preset) for _, candidates in parts):
            rescoring = yield from self.rescorer.of(decoded)
        return DetectorRun(tuple(parts), preset, info, rescoring)

    def select(self, found: DetectorRun, options: DetectOptions) -> Detection:
        """Select the boxes from what the networks found; no network runs.

        Raises:
            InvalidOptionError: A class in ``allow`` or ``deny`` does not exist.
        """
        size = (found.image.height, found.image.width)
        parts = []
        first_id = 1
        for index, (region, candidates) in enumerate(found.parts):
            evidence = gather(candidates, found.preset.box_weights, region, options.iou, first_id)
            parts.append((region, fuse(evidence, found.preset, found.rescoring, is_part=index > 0)))
            first_id += sum(map(len, candidates))
        objects = merge_parts(parts, size, options.iou)
        objects = select_objects(objects, self.labels, self.calibration, options)
        models = [look.model for look in found.preset.passes]
        if found.rescoring is not None:
            models.append(self.rescorer.spec.id)
        return Detection(
            boxes=tuple(self._box(objects, index) for index in range(len(objects))),
            image=found.image,
            model="+".join(dict.fromkeys(models)),
        )

    def _preset(self, options: DetectOptions) -> Preset:
        return self.calibration.presets[options.preset]

    def _look(self, decoded: DecodedImage, region: Region, passes: Sequence[Pass]) -> Flow[tuple[Candidates, ...]]:
        """Run the networks on one part of the picture."""
        yield Stage("preprocess")
        prepared = []
        for look in passes:
            spec, input_size = self.specs[look.model], look.input_size(region)
            prepared.append((look, *prepare(decoded, region, spec.input, input_size)))
        found = []
        for look, pixel_values, transform in prepared:
            yield Stage("infer")
            outputs = yield from outputs_of(self._run(look, pixel_values))
            found.append((look, outputs, transform))
        yield Stage("postprocess")
        return tuple(self._candidates(decoded, *one) for one in found)

    def _candidates(self, decoded: DecodedImage, look: Pass, outputs: Tensors, transform: Transform) -> Candidates:
        """Return the candidates in a network's outputs for a part of the picture, in pixels of the picture."""
        candidates = DECODERS[self.specs[look.model].decoder or ""](outputs, transform.input_size)
        boxes = transform.boxes_to_picture(candidates.boxes)
        boxes = clip_boxes_to_image(boxes, (decoded.info.height, decoded.info.width))
        return Candidates(boxes, candidates.logits, candidates.class_ids)

    def _run(self, look: Pass, pixel_values: NDArray[np.float32]) -> Run:
        spec = self.specs[look.model]
        return Run(spec.id, spec.feeds(pixel_values, spec.outputs), spec.outputs)

    def _box(self, objects: Objects, index: int) -> Box:
        x1, y1, x2, y2 = (round(float(value), 2) for value in objects.boxes[index])
        label, score = self.labels[objects.class_ids[index]], round(float(objects.scores[index]), 4)
        return Box(label, score, x1, y1, x2, y2, int(objects.ids[index]))
