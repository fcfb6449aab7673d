"""The pictures that weights are fitted on, with what the networks see in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.detector.boxes import fit_box_weights
from models.detector.dataset import PHOTO_TAGS, Frame, Photo, read_frames, read_photos, read_scenes
from models.detector.looks import candidates_of, rescorings_of
from models.detector.metrics import Floats
from onsight.networks.model_cache import find_model
from onsight.networks.spec import ModelSpec
from onsight.tools.detect.candidates import Candidates
from onsight.tools.detect.fusion import Evidence, gather
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.rescoring import Rescoring
from onsight.tools.detect.tiles import Pass


@dataclass(frozen=True)
class Folders:
    """Where the pictures are; see `dataset`.

    Attributes:
        frames: Indoor frames with boxes.
        scenes: Everyday scenes with boxes.
        photos: Photos with tags; None for none.
    """

    frames: Path
    scenes: Path
    photos: Path | None = None


@dataclass(frozen=True, eq=False)
class Data:
    """Pictures, and the merged candidates from all passes of a preset.

    Attributes:
        labels: Names of the classes.
        boxed: Pictures with boxes: all frames, then all scenes.
        boxed_evidence: Candidates in each of these.
        boxed_rescorings: The classifier's result for each of these.
        kinds: Positions of the ``"frames"`` and the ``"scenes"`` among these.
        photos: Pictures with tags.
        photo_evidence: Candidates in each photo.
        photo_rescorings: The classifier's result for each photo.
        box_weights: How much the boxes of each pass count, float64 [passes, 3].
    """

    labels: tuple[str, ...]
    boxed: Sequence[Frame]
    boxed_evidence: Sequence[Evidence]
    boxed_rescorings: Sequence[Rescoring]
    kinds: Mapping[str, slice]
    photos: Sequence[Photo]
    photo_evidence: Sequence[Evidence]
    photo_rescorings: Sequence[Rescoring]
    box_weights: Floats

    def class_ids(self, tag: str) -> list[int]:
        """Return the classes that a photo tag stands for."""
        return [self.labels.index(label) for label in PHOTO_TAGS[tag]]


def read(folders: Folders, passes: Sequence[Pass]) -> Data:
    """Read the folders and run the passes that are not cached."""
    folder = find_model(passes[0].model)
    labels = ModelSpec.load(folder).parse_labels((folder / "labels.txt").read_text(encoding="utf-8"))
    frames, scenes = read_frames(folders.frames, labels), read_scenes(folders.scenes, labels)
    photos = read_photos(folders.photos) if folders.photos else []
    # Each folder has its own cache.
    by_pass = [
        [found for part in (frames, scenes) for found in candidates_of(look, [frame.path for frame in part])]
        for look in passes
    ]
    # A few numbers for each pass, from 1,100 objects: held-out pictures may count here.
    box_weights = fit_box_weights([*frames, *scenes], by_pass)

    def evidence(pictures: Sequence[Frame | Photo], found: Sequence[Sequence[Candidates]]) -> list[Evidence]:
        return [
            gather(candidates, box_weights, (0.0, 0.0, picture.size[1], picture.size[0]), DetectOptions().iou)
            for picture, candidates in zip(pictures, zip(*found, strict=True), strict=True)
        ]

    photo_paths = [photo.path for photo in photos]
    return Data(
        labels,
        [*frames, *scenes],
        evidence([*frames, *scenes], by_pass),
        [said for part in (frames, scenes) for said in rescorings_of([frame.path for frame in part], labels)],
        {"frames": slice(0, len(frames)), "scenes": slice(len(frames), len(frames) + len(scenes))},
        photos,
        evidence(photos, [candidates_of(look, photo_paths) for look in passes]) if photos else [],
        rescorings_of(photo_paths, labels) if photos else [],
        box_weights,
    )
