"""What the page can ask of Classify."""

from __future__ import annotations

from onsight.method import Method
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Classification
from onsight.tools.classify.task import Classifier

TASKS = (Classifier,)

METHODS = {
    "classify": Method(
        lambda models, image, options: models.make(Classifier).classify(image, options),
        ClassifyOptions,
        Classification,
        doc="Give a picture its one label.",
    ),
}
