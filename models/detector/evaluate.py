"""Print the tables in the detectors' model cards.

::

    python -m models.detector.evaluate --frames FOLDER [--photos FOLDER] [--only NAME …]

Each line is for one pass, or for several combined ones, with weights that were fitted on other pictures (see `fit`).
Each pass runs once, and its results are cached.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.detector.dataset import shared_classes, tagged
from models.detector.fit import CENTERNET, PHOTO_CORE, PRESETS, SSDLITE, hold_out, read
from models.detector.looks import name_of
from models.detector.metrics import average_precision, mean_average_precision, picture_scores
from onsight.tools.detect.tiles import Pass

SINGLE = (
    *(Pass(CENTERNET, side, False) for side in (320, 352, 384, 416, 512, 640)),
    *(Pass(CENTERNET, side, True) for side in (256, 288, 416, 512)),
    *(Pass(SSDLITE, side, False) for side in (256, 288, 300, 320, 352, 384, 416)),
    *(Pass(SSDLITE, side, True) for side in (320, 384)),
)
FUSED: tuple[tuple[Pass, ...], ...] = (
    (Pass(CENTERNET, 416, False), Pass(SSDLITE, 256, False)),
    (Pass(CENTERNET, 416, False), Pass(SSDLITE, 300, False)),
    (Pass(CENTERNET, 320, False), Pass(SSDLITE, 320, False)),
    (Pass(CENTERNET, 352, False), Pass(SSDLITE, 320, False)),
    (Pass(CENTERNET, 256, True), Pass(SSDLITE, 320, False)),
    (Pass(CENTERNET, 288, True), Pass(SSDLITE, 256, False)),
    (Pass(CENTERNET, 288, True), Pass(SSDLITE, 288, False)),
    (Pass(CENTERNET, 288, True), Pass(SSDLITE, 320, True)),
    (Pass(CENTERNET, 352, False), Pass(SSDLITE, 352, False)),
    (Pass(CENTERNET, 416, False), Pass(CENTERNET, 640, False), Pass(SSDLITE, 320, False)),
)


def line(name: str, passes: Sequence[Pass], frames: Path, photos: Path | None) -> str:
    """Return one line of the table: the mAP on the frames and the mean AP of the main tags on the photos."""
    data = read(frames, photos, passes)
    held_out = hold_out(data, passes)
    mean, _ = mean_average_precision(held_out.frames, data.frames, shared_classes(data.frames))
    cells = [name, f"{100 * mean:.1f}"]
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
    parser.add_argument("--frames", type=Path, required=True, help="folder of pictures with boxes")
    parser.add_argument("--photos", type=Path, help="folder of pictures with tags")
    parser.add_argument("--only", nargs="*", help="parts of the names of the lines to print")
    options = parser.parse_args()
    rows: dict[str, tuple[Pass, ...]] = {name_of(look): (look,) for look in SINGLE}
    rows.update({" + ".join(name_of(look) for look in passes): passes for passes in FUSED})
    rows.update(PRESETS)
    print("| passes | mAP@0.5 |" + (f" mean | {' | '.join(PHOTO_CORE)} |" if options.photos else ""))
    for name, passes in rows.items():
        if not options.only or any(part in name for part in options.only):
            print(line(name, passes, options.frames, options.photos), flush=True)


if __name__ == "__main__":
    main()
