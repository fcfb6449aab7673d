"""Bring Python into the state that the site's snapshot keeps. Runs inside Pyodide (see web/make_snapshot.mjs).

What a start and a first picture need is imported and made ready; what only this run knows is left out.
"""

import gc
import io
import json

from PIL import Image

import onsight.page.bridge
from onsight.api import tools_for
from onsight.core.flow import Run
from onsight.tools.classify.options import ClassifyOptions


def prepare(texts: str) -> None:
    """Import what the bridge imports, make the tools, and begin with a photo, as far as a network is needed.

    Args:
        texts: JSON of ``[id, text of model.json, text of labels.txt or ""]`` of each model, in the page's order.
    """
    assert onsight.page.bridge  # imported for what it imports
    tools = tools_for(tuple((name, spec, labels) for name, spec, labels in json.loads(texts)))
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "JPEG")
    flow = tools.classifier.classify(file.getvalue(), ClassifyOptions())
    while not isinstance(next(flow), Run):
        pass
    flow.close()
    gc.collect()
