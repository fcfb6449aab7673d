"""From objects to the boxes that a person asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from onsight.core.boxes import remove_small_boxes
from onsight.errors import InvalidOptionError
from onsight.tools.detect.candidates import Objects
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.presets import Calibration

MIN_BOX_SIDE = 1.0
"""Pixels of the picture; what is smaller shows nothing."""


def check_labels(options: DetectOptions, labels: Collection[str]) -> None:
    """Check the lists of classes.

    Raises:
        InvalidOptionError: One of them does not exist.
    """
    for name, chosen in (("allow", options.allow), ("deny", options.deny)):
        if unknown := sorted(set(chosen) - set(labels)):
            raise InvalidOptionError(
                f"{name} names {', '.join(unknown)}, which is not found here. Known are {', '.join(sorted(labels))}."
            )


def select_objects(
    objects: Objects, labels: Sequence[str], calibration: Calibration, options: DetectOptions
) -> Objects:
    """Keep what was asked for.

    Args:
        objects: All objects, most probable first.
        labels: Names of the classes.
        calibration: The thresholds.
        options: What was asked for.

    Returns:
        The objects of the wanted classes that reach their thresholds, at most ``options.max_results``, most
        probable first.

    Raises:
        InvalidOptionError: A class that is allowed or denied does not exist.
    """
    check_labels(options, labels)
    thresholds = np.array([calibration.thresholds.get(label, calibration.threshold) for label in labels])
    if options.score is not None:
        thresholds[:] = options.score
    wanted = np.array([(not options.allow or label in options.allow) and label not in options.deny for label in labels])
    passing = wanted[objects.class_ids] & (objects.scores >= thresholds[objects.class_ids])
    objects = objects[passing]
    return objects[remove_small_boxes(objects.boxes, MIN_BOX_SIDE)][: options.max_results]
