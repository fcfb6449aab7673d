"""Evaluate the classifier on labelled photographs and print the tables of its model card.

Use ``python -m models.convert.evaluate FOLDER [TABLE …]`` in the root of the repository. The name of each picture in
FOLDER starts with the WordNet 3.0 synset of its class, as in ``n01692333_Gila_monster.jpg`` and in the public
repository EliSchwartz/imagenet-sample-images.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from models.convert import build
from models.convert.calibration import (
    accuracy_weights,
    calibration_error,
    fit_temperature,
    folds,
    log_softmax,
    negative_log_likelihood,
)
from models.convert.onnx_graph import STORAGES
from onsight.evidence.rollup import Rollup, bind
from onsight.evidence.taxonomy import Taxonomy
from onsight.image import DecodedImage, decode
from onsight.networks.model_cache import cache_folder
from onsight.networks.preprocess import normalize, preprocess, resize
from onsight.networks.spec import ModelSpec

MODEL_DIR = Path(__file__).resolve().parents[1] / "efficientnet-lite2"

PUBLISHED_ACCURACY = 0.776
"""Top-1 on ImageNet's validation split, as published by the network's authors."""

ENLARGEMENT = 6
"""Factor that enlarges pictures of 512 pixels to the size of a camera's."""

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Bench:
    """The pictures, and the network with every kind of storage.

    Attributes:
        files: The pictures.
        spec: The network's description.
    """

    files: Sequence[Path]
    spec: ModelSpec

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The synset of each output."""
        return self.spec.parse_labels((MODEL_DIR / (self.spec.labels or "labels.txt")).read_text(encoding="utf-8"))

    @cached_property
    def targets(self) -> NDArray[np.intp]:
        """Index of each picture's class."""
        index = {label: position for position, label in enumerate(self.labels)}
        return np.array([index[file.name.split("_")[0]] for file in self.files])

    @cached_property
    def sessions(self) -> dict[str, onnxruntime.InferenceSession]:
        """The network by storage."""
        models = {storage: build(MODEL_DIR, cache_folder() / "downloads", storage) for storage in STORAGES}
        return {
            storage: onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            for storage, model in models.items()
        }

    def run(
        self,
        prepare: Callable[[DecodedImage], Pixels],
        storages: Sequence[str],
        open_file: Callable[[Path], DecodedImage] | None = None,
    ) -> tuple[NDArray[np.float64], float]:
        """Run all pictures through the network.

        Args:
            prepare: Returns the network's input for a picture.
            storages: Storages to run.
            open_file: Decodes a picture; by default as Onsight does.

        Returns:
            Logits, float64 [storages, pictures, classes], and the mean number of input pixels, which the network's work
            is proportional to.
        """
        logits = np.empty((len(storages), len(self.files), self.spec.num_classes))
        pixels = 0
        for row, file in enumerate(self.files):
            image = open_file(file) if open_file else decode(file.read_bytes(), min_side=self.spec.input.min_side)
            pixel_values = prepare(image)
            pixels += pixel_values[0, 0].size
            feeds = self.spec.feeds(pixel_values, ("logits",))
            for column, storage in enumerate(storages):
                logits[column, row] = self.sessions[storage].run(["logits"], feeds)[0][0]
        return logits, pixels / len(self.files)

    def top(self, logits: NDArray[np.float64], k: int) -> float:
        """Return the percentage of pictures whose class is among the k most likely; logits [pictures, classes]."""
        right = np.take_along_axis(logits, self.targets[:, None], 1)
        return 100 * float(((logits > right).sum(1) < k).mean())

    def shipped(self, image: DecodedImage) -> Pixels:
        """Prepare a picture as Onsight does."""
        return preprocess(image, self.spec.input)[0]

    @cached_property
    def logits(self) -> NDArray[np.float64]:
        """Logits of every storage, with pictures prepared as Onsight does."""
        return self.run(self.shipped, STORAGES)[0]


def print_storage(bench: Bench) -> None:
    """Print a comparison of the ways to store the weights."""
    exact = bench.logits[STORAGES.index("fp32")]
    print("| weights | bytes | top-1 % | top-5 % | same top-1 as fp32 % | mean largest change of a probability |")
    print("|---|---|---|---|---|---|")
    for storage, logits in zip(STORAGES, bench.logits, strict=True):
        size = len(build(MODEL_DIR, cache_folder() / "downloads", storage))
        same = 100 * (logits.argmax(1) == exact.argmax(1)).mean()
        change = np.abs(np.exp(log_softmax(logits)) - np.exp(log_softmax(exact))).max(1).mean()
        print(
            f"| {storage} | {size:,} | {bench.top(logits, 1):.1f} | {bench.top(logits, 5):.1f} "
            f"| {same:.1f} | {change:.4f} |"
        )


def print_framing(bench: Bench) -> None:
    """Print a comparison of how pictures are cropped."""
    spec = bench.spec.input
    side = spec.input_size[0]

    def whole(short_side: int) -> Callable[[DecodedImage], Pixels]:
        def prepare(image: DecodedImage) -> Pixels:
            height, width = image.pixels.shape[:2]
            shown = (min(height, 2 * width), min(width, 2 * height))  # at most 2:1, from the middle
            y, x = (height - shown[0]) / 2, (width - shown[1]) / 2
            scale = short_side / min(shown)
            size = (round(shown[0] * scale), round(shown[1] * scale))
            pixels = resize(image.pixels, size, spec.interpolation, (x, y, x + shown[1], y + shown[0]))
            return normalize(pixels, spec.mean, spec.std)

        return prepare

    def mode(crop_mode: str, crop_pct: float = spec.crop_pct, size: int = side) -> Callable[[DecodedImage], Pixels]:
        changed = replace(spec, crop_mode=crop_mode, crop_pct=crop_pct, input_size=(size, size))
        return lambda image: preprocess(image, changed)[0]

    framings = {
        f"**centre, {spec.crop_pct:.2f} of the short side, {side}×{side} (shipped)**": bench.shipped,
        f"centre, the whole short side, {side}×{side}": mode("center", 1.0),
        f"centre, the whole short side, {side + 32}×{side + 32}": mode("center", 1.0, side + 32),
        f"whole picture up to 2:1, short side {side}": whole(side),
        f"whole picture up to 2:1, short side {side + 32}": whole(side + 32),
        f"whole picture squashed, {side}×{side}": mode("squash"),
        f"whole picture with a border, {side}×{side}": mode("border"),
    }
    wide = np.array([_aspect_ratio(file) >= 1.45 for file in bench.files])
    print(f"| framing | top-1 % | top-1 %, {wide.sum()} pictures of 3:2 or wider | top-5 % | lowest NLL | work |")
    print("|---|---|---|---|---|---|")
    for name, prepare in framings.items():
        (logits,), pixels = bench.run(prepare, ["int8"])
        on_wide = 100 * (logits.argmax(1) == bench.targets)[wide].mean()
        likelihood = negative_log_likelihood(logits / fit_temperature(logits, bench.targets), bench.targets)
        print(
            f"| {name} | {bench.top(logits, 1):.1f} | {on_wide:.1f} | {bench.top(logits, 5):.1f} "
            f"| {likelihood:.3f} | × {pixels / side**2:.2f} |"
        )


def _aspect_ratio(file: Path) -> float:
    info = decode(file.read_bytes(), min_side=1).info
    return max(info.width, info.height) / min(info.width, info.height)


def print_calibration(bench: Bench) -> None:
    """Print the temperature, and its effect on pictures that it was not fitted on."""
    logits, targets = bench.logits[STORAGES.index("int8")], bench.targets
    correct = logits.argmax(1) == targets
    even, hard = np.ones(len(targets)), accuracy_weights(correct, PUBLISHED_ACCURACY)
    part = folds(len(targets))
    rollup = bind(Taxonomy.load(), bench.labels)

    def held_out(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        temperatures = np.empty(len(targets))
        for fold in np.unique(part):
            rest = part != fold
            temperatures[~rest] = fit_temperature(logits[rest], targets[rest], weights[rest])
        return temperatures

    print("| pictures count | temperature | NLL | ECE % | adaptive ECE % | top-1: score, right % ", end="")
    print("| label shown: ECE % | score, right % | certain % |")
    print("|---" * 9 + "|")
    for name, weights in (("equally", even), (f"as if top-1 were {100 * PUBLISHED_ACCURACY:.1f}%", hard)):
        for title, temperatures in {
            "1": np.ones(len(targets)),
            f"{fit_temperature(logits, targets, even):.3f}, fitted equally": held_out(even),
            f"{fit_temperature(logits, targets, hard):.3f}, fitted as if …": held_out(hard),
        }.items():
            scaled = logits / temperatures[:, None]
            scores = np.exp(log_softmax(scaled)).max(1)
            error, score, right, certain = _measure_answers(rollup, scaled, targets, weights)
            print(
                f"| {name} | {title} | {negative_log_likelihood(scaled, targets, weights):.3f} "
                f"| {100 * calibration_error(scores, correct, weights=weights):.1f} "
                f"| {100 * calibration_error(scores, correct, adaptive=True, weights=weights):.1f} "
                f"| {100 * np.average(scores, weights=weights):.1f}, {100 * np.average(correct, weights=weights):.1f} "
                f"| {error:.1f} | {score:.1f}, {right:.1f} | {certain:.1f} |"
            )
    print("\nFitted temperatures are measured on the folds that they were not fitted on.")
    print(f"Shipped: {bench.spec.temperature}")


def _measure_answers(
    rollup: Rollup, logits: NDArray[np.float64], targets: NDArray[np.intp], weights: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Return the percentages: ECE, mean score and correct answers of the certain ones, and share of certain ones."""
    answers = [rollup.answer(scores) for scores in rollup.roll_up(np.exp(log_softmax(logits)))]
    certain = np.array([answer is not None for answer in answers])
    found = [(answer, target) for answer, target in zip(answers, targets, strict=True) if answer is not None]
    scores = np.array([answer.score for answer, _ in found])
    right = np.array([target in rollup.classes_of(answer.concept.id) for answer, target in found])
    shares = weights[certain]
    error = calibration_error(scores, right, weights=shares)
    return (
        100 * error,
        100 * float(np.average(scores, weights=shares)),
        100 * float(np.average(right, weights=shares)),
        100 * float(np.average(certain, weights=weights)),
    )


def print_reduction(bench: Bench) -> None:
    """Print the effect of decoding large pictures at a reduced size; these are small, so they are enlarged first."""
    print(f"| JPEG, enlarged {ENLARGEMENT} times, {len(bench.files)} pictures | top-1 % | top-5 % | same top-1 % |")
    print("|---|---|---|---|")
    exact = None
    for title, min_side in (("every pixel decoded", None), ("reduced (shipped)", bench.spec.input.min_side)):
        (logits,), _ = bench.run(bench.shipped, ["int8"], partial(_enlarged, min_side=min_side))
        exact = logits if exact is None else exact
        same = 100 * (logits.argmax(1) == exact.argmax(1)).mean()
        print(f"| {title} | {bench.top(logits, 1):.1f} | {bench.top(logits, 5):.1f} | {same:.1f} |")


def _enlarged(file: Path, min_side: int | None) -> DecodedImage:
    with Image.open(file) as image:
        size = (image.width * ENLARGEMENT, image.height * ENLARGEMENT)
        large = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    data = io.BytesIO()
    large.save(data, "JPEG", quality=95)
    return decode(data.getvalue(), min_side=min_side)


TABLES = {
    "storage": print_storage,
    "framing": print_framing,
    "calibration": print_calibration,
    "reduction": print_reduction,
}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m models.convert.evaluate", description="Measure the classifier.")
    parser.add_argument("folder", type=Path, help="pictures, named by synset")
    parser.add_argument("tables", nargs="*", help="by default all: " + ", ".join(TABLES))
    options = parser.parse_args()
    files = sorted(file for file in options.folder.iterdir() if file.name.startswith("n"))
    if unknown := sorted(set(options.tables) - set(TABLES)):
        parser.error(f"there is no table named {', '.join(unknown)}")
    if not files:
        parser.error(f"{options.folder} has no pictures named by synset")
    bench = Bench(files, ModelSpec.load(MODEL_DIR))
    for name in options.tables or TABLES:
        print(f"\n{name} ({len(files)} pictures)\n")
        TABLES[name](bench)


if __name__ == "__main__":
    main()
