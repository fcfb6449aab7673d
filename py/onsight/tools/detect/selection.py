"""Selects the boxes that the options ask for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from onsight.core.boxes import remove_small_boxes
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.tools.detect.candidates import Objects
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.presets import Calibration

MIN_BOX_SIDE = 1.0
"""Sides of a box at least, in pixels of the picture; smaller boxes are left out."""


def check_labels(options: DetectOptions, labels: Collection[str]) -> None:
    """Check that the classes that the options name exist.

    Raises:
        InvalidOptionError: A class does not exist.
    """
    for name, chosen in (("allow", options.allow), ("deny", options.deny)):
        if unknown := sorted(set(chosen) - set(labels)):
            raise InvalidOptionError(
                text(
                    "{option} names {classes}, which detection does not know. It knows {known}.",
                    option=name,
                    classes=", ".join(unknown),
                    known=", ".join(sorted(labels)),
                )
            )


def select_objects(
    objects: Objects, labels: Sequence[str], calibration: Calibration, options: DetectOptions
) -> Objects:
    """Return the objects that the options ask for.

    Args:
        objects: All objects, most probable first.
        labels: Names of the classes.
        calibration: The thresholds.
        options: Classes, threshold and number.

    Returns:
        The objects of the wanted classes that reach their thresholds, at most ``options.max_results``, most
        probable first.

    Raises:
        InvalidOptionError: A class in ``allow`` or ``deny`` does not exist.
    """
    check_labels(options, labels)
    thresholds = np.array([calibration.thresholds.get(label, calibration.threshold) for label in labels])
    if options.score is not None:
        thresholds[:] = options.score
    wanted = np.array([(not options.allow or label in options.allow) and label not in options.deny for label in labels])
    passing = wanted[objects.class_ids] & (objects.scores >= thresholds[objects.class_ids])
    objects = objects[passing]
    return objects[remove_small_boxes(objects.boxes, MIN_BOX_SIDE)][: options.max_results]
