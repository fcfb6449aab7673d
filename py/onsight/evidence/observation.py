"""Run the networks on a picture and collect everything that Tag needs before it decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Flow, Run, Stage, outputs_of
from onsight.core.results import Box, ImageInfo
from onsight.evidence.colours import ColourShare, Palette
from onsight.evidence.expectations import Expectations
from onsight.evidence.network_outputs import FETCHES, MAX_AREA, Evidence, evidence_from, input_size
from onsight.evidence.photo import Measurements, colour_pixels, measure
from onsight.image import DecodedImage, decode
from onsight.metadata.camera import CameraFacts, read_camera_facts
from onsight.networks.postprocess import softmax
from onsight.networks.preprocess import Region, preprocess
from onsight.networks.spec import ModelSpec

MIN_SIDE: int = round(MAX_AREA**0.5)
"""Minimum short side in pixels of a picture decoded at a reduced size."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """The outputs of the networks and measurements for a picture.

    Attributes:
        evidence: Evidence for each tag.
        probabilities: Class probabilities in the whole picture, float32 [C].
        late_map: Output of an inner layer at each position, float32 [channels, rows, columns].
        region: Region of the picture that the maps cover, ``(x1, y1, x2, y2)`` in pixels.
        colours: Dominant colours, largest share first.
        measurements: Photographic measurements.
        camera: Camera metadata.
        image: Facts about the picture.
        boxes: Detected boxes, including weak ones; None without detection.
    """

    evidence: Evidence
    probabilities: NDArray[np.float32]
    late_map: NDArray[np.float32]
    region: Region
    colours: tuple[ColourShare, ...]
    measurements: Measurements
    camera: CameraFacts
    image: ImageInfo
    boxes: tuple[Box, ...] | None = None


@dataclass(frozen=True, slots=True)
class Observer:
    """A network, and the expectations for its classes.

    Attributes:
        spec: The network's description.
        labels: Synset id of each class.
        expectations: The table, bound to the network's classes.
    """

    spec: ModelSpec
    labels: Sequence[str]
    expectations: Expectations

    @classmethod
    def from_text(cls, spec: str, labels: str) -> Observer:
        """Create an observer from the text of ``model.json`` and ``labels.txt``.

        Raises:
            InvalidSpecError: The description or the labels are wrong.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        synsets = parsed.parse_labels(labels)
        return cls(parsed, synsets, Expectations.load(synsets))

    def blank_run(self) -> Run:
        """Return a run on a blank picture that warms up the network."""
        height, width = input_size((3, 4))
        return self._run(np.zeros((1, 3, height, width), np.float32))

    def observe(self, image: bytes) -> Flow[Observation]:
        """Decode a picture and run the network on it.

        Args:
            image: The file's bytes.

        Returns:
            The outputs and measurements.

        Raises:
            ImageError: The bytes are not a picture that Onsight can open.
        """
        yield Stage("decode")
        # Nothing here holds on to the pixels, because they are not needed while the network runs.
        return (yield from self.observe_at(decode(image, min_side=MIN_SIDE), read_camera_facts(image)))

    def observe_at(self, decoded: DecodedImage, camera: CameraFacts) -> Flow[Observation]:
        """Run the network on a decoded picture.

        Args:
            decoded: Its pixels, with a short side of at least `MIN_SIDE` if the picture has that.
            camera: Camera metadata.
        """
        yield Stage("preprocess")
        info = decoded.info
        size = input_size((info.height, info.width))
        # The whole picture, because its edges matter as well.
        pixel_values, transform = preprocess(decoded, replace(self.spec.input, input_size=size, crop_mode="squash"))
        pixels = colour_pixels(decoded)
        colours, measurements = Palette.load().dominant(pixels), measure(decoded, pixels)
        del decoded
        yield Stage("infer")
        outputs = yield from outputs_of(self._run(pixel_values))
        yield Stage("postprocess")
        return Observation(
            evidence=evidence_from(outputs, self.expectations, self.spec.temperature),
            probabilities=softmax(outputs["logits"][0], self.spec.temperature),
            late_map=outputs["late_map"][0],
            region=transform.region,
            colours=colours,
            measurements=measurements,
            camera=camera,
            image=info,
        )

    def _run(self, pixel_values: NDArray[np.float32]) -> Run:
        return Run(self.spec.id, self.spec.feeds(pixel_values, FETCHES), FETCHES)
