"""Print the tables in the detectors' model cards.

::

    python -m models.detector.evaluate --frames FOLDER --scenes FOLDER [--photos FOLDER] [--only NAME …]

Each line is for one pass, or for several combined ones, with weights that were fitted on other pictures (see `fit`).
Each pass runs once, and its results are cached.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.detector.coco import CocoTruth
from models.detector.data import Folders, read
from models.detector.dataset import tagged
from models.detector.fit import CENTERNET, PRESETS, SCENE_WEIGHT, SCENE_WEIGHTS, SSDLITE, hold_out
from models.detector.looks import name_of
from models.detector.metrics import average_precision, mean_average_precision, picture_scores
from models.detector.report import PHOTO_CORE
from onsight.tools.detect.tiles import Pass

SINGLE = (
    *(Pass(CENTERNET, side, False) for side in (416, 640)),
    *(Pass(CENTERNET, side, True) for side in (288, 416, 480, 512, 640, 800)),
    *(Pass(SSDLITE, side, False) for side in (256, 300, 320, 384, 448)),
    *(Pass(SSDLITE, side, True) for side in (320, 384)),
)
FUSED: tuple[tuple[Pass, ...], ...] = (
    *((Pass(CENTERNET, side, True), Pass(SSDLITE, 320, False)) for side in (416, 448, 512, 576)),
    *((Pass(CENTERNET, 480, True), Pass(SSDLITE, side, False)) for side in (300, 384)),
    (Pass(CENTERNET, 480, True), Pass(SSDLITE, 320, False), Pass(CENTERNET, 640, True)),
)


def line(name: str, passes: Sequence[Pass], folders: Folders) -> str:
    """Return one line of the table: the figures on the frames, the scenes and the main tags of the photos."""
    data = read(folders, passes)
    held_out = hold_out(data, passes, SCENE_WEIGHTS.get(name, SCENE_WEIGHT))
    at = data.kinds["frames"]
    mean, _ = mean_average_precision(held_out.boxed[at], data.boxed[at], data.boxed[at][0].annotated)
    at = data.kinds["scenes"]
    scenes = CocoTruth(data.boxed[at], data.labels).measure(held_out.boxed[at])
    figures = (scenes.ap, scenes.ap50, scenes.small, scenes.medium, scenes.large)
    cells = [name, f"{100 * mean:.1f}", *(f"{value:.1f}" for value in figures)]
    if data.photos:
        tags = tagged(data.photos)
        values = [
            average_precision(picture_scores(held_out.photos, data.class_ids(tag)), tags[tag], int(tags[tag].sum()))
            for tag in PHOTO_CORE
        ]
        cells += [f"{value:.2f}" for value in (sum(values) / len(values), *values)]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m models.detector.evaluate", description="Evaluate the detectors.")
    parser.add_argument("--frames", type=Path, required=True, help="folder of indoor pictures with boxes")
    parser.add_argument("--scenes", type=Path, required=True, help="folder of everyday pictures with boxes")
    parser.add_argument("--photos", type=Path, help="folder of pictures with tags")
    parser.add_argument("--only", nargs="*", help="parts of the names of the lines to print")
    options = parser.parse_args()
    folders = Folders(options.frames, options.scenes, options.photos)
    rows: dict[str, tuple[Pass, ...]] = {name_of(look): (look,) for look in SINGLE}
    rows.update({" + ".join(name_of(look) for look in passes): passes for passes in FUSED})
    rows.update(PRESETS)
    print(
        "| passes | frames: mAP@0.5 | scenes: AP | AP50 | small | medium | large |"
        + (f" photos: mean | {' | '.join(PHOTO_CORE)} |" if options.photos else "")
    )
    for name, passes in rows.items():
        if not options.only or any(part in name for part in options.only):
            print(line(name, passes, folders), flush=True)


if __name__ == "__main__":
    main()
