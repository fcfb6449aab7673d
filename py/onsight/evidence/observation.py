"""One look at a picture: all that tagging knows of it before anything is decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Flow, Run, Stage
from onsight.core.results import Box, ImageInfo
from onsight.errors import ModelFailedError
from onsight.evidence.colours import ColourShare, Palette
from onsight.evidence.expectations import Expectations
from onsight.evidence.network_outputs import FETCHES, MAX_AREA, Evidence, input_size, weigh
from onsight.evidence.photo import Measurements, colour_pixels, measure
from onsight.image import DecodedImage, decode
from onsight.metadata.camera import CameraFacts, read_camera_facts
from onsight.networks.postprocess import softmax
from onsight.networks.preprocess import Region, preprocess
from onsight.networks.spec import ModelSpec

MIN_SIDE: int = round(MAX_AREA**0.5)
"""Shortest side in pixels that a picture must keep when it is decoded."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What was seen in a picture.

    Attributes:
        evidence: What speaks for each tag.
        probabilities: Of the classifier's classes in the whole picture, float32 [C].
        late_map: What an inner layer sees at each place, float32 [channels, rows, columns].
        region: What of the picture the maps cover, ``(x1, y1, x2, y2)`` in pixels.
        colours: The dominant ones, largest share first.
        measurements: Of the picture as a photograph.
        camera: What the camera wrote.
        image: The picture.
        boxes: What detection found, down to faint ones; None where it did not look.
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
    """A network that looks, and what its classes let expect.

    Attributes:
        spec: The network's description.
        labels: Synset id of each class.
        expectations: Tied to the network's classes.
    """

    spec: ModelSpec
    labels: Sequence[str]
    expectations: Expectations

    @classmethod
    def from_text(cls, spec: str, labels: str) -> Observer:
        """Make an observer from the text of ``model.json`` and ``labels.txt``.

        Raises:
            InvalidSpecError: The description or the labels are wrong.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        synsets = parsed.parse_labels(labels)
        return cls(parsed, synsets, Expectations.load(synsets))

    def blank_run(self) -> Run:
        """Return a run on an empty picture, to warm the network up."""
        height, width = input_size((3, 4))
        return self._run(np.zeros((1, 3, height, width), np.float32))

    def observe(self, image: bytes) -> Flow[Observation]:
        """Look at a picture.

        Args:
            image: The file's bytes.

        Returns:
            What was seen.

        Raises:
            ImageError: The bytes are no picture that can be opened.
        """
        yield Stage("decode")
        # The pixels are not needed while the network runs: nothing here keeps them.
        return (yield from self.observe_at(decode(image, min_side=MIN_SIDE), read_camera_facts(image)))

    def observe_at(self, decoded: DecodedImage, camera: CameraFacts) -> Flow[Observation]:
        """Look at a picture that is decoded already.

        Args:
            decoded: Its pixels, the short side of `MIN_SIDE` at least where the picture has that.
            camera: What the camera wrote.
        """
        yield Stage("preprocess")
        info = decoded.info
        size = input_size((info.height, info.width))
        # The whole picture: what stands at its edges is a part of it.
        pixel_values, transform = preprocess(decoded, replace(self.spec.input, input_size=size, crop_mode="squash"))
        pixels = colour_pixels(decoded)
        colours, measurements = Palette.load().dominant(pixels), measure(decoded, pixels)
        del decoded
        yield Stage("infer")
        outputs = yield self._run(pixel_values)
        if outputs is None:
            raise ModelFailedError("The network gave no answer.")
        yield Stage("postprocess")
        return Observation(
            evidence=weigh(outputs, self.expectations, self.spec.temperature),
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
