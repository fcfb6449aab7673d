"""Bring Python into the state that the site's snapshot stores. Runs inside Pyodide (see web/make_snapshot.mjs).

It imports and prepares everything that a start and the first picture need, and nothing that is specific to this run.
"""

import gc
import io
import json

from PIL import Image

import onsight.page.bridge
from onsight.api import models_for
from onsight.core.flow import Run
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.task import Classifier


def prepare(texts: str) -> None:
    """Import the bridge, create the tasks, and process a photo up to the point where a network is needed.

    Args:
        texts: JSON of ``[id, text of model.json, text of labels.txt or ""]`` of each model, in the page's order.
    """
    assert onsight.page.bridge  # imported for its own imports
    models = models_for(tuple((name, spec, labels) for name, spec, labels in json.loads(texts)))
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "JPEG")
    flow = models.make(Classifier).classify(file.getvalue(), ClassifyOptions())
    while not isinstance(next(flow), Run):
        pass
    flow.close()
    gc.collect()
