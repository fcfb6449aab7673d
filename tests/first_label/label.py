"""Label pictures and note which modules were looked for in vain. Runs inside Pyodide (see label.mjs)."""

import json
import sys
from typing import Any

looked_for: set[str] = set()
codes: list[str] = []


class Recorder:
    """A finder that finds nothing; Python asks it last."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Note a module that no other finder has found."""
        looked_for.add(name)


sys.meta_path.append(Recorder)

import numpy as np  # noqa: E402

import onsight.page.bridge  # noqa: E402
from onsight.api import models_for  # noqa: E402
from onsight.core.flow import Run  # noqa: E402
from onsight.errors import OnsightError  # noqa: E402
from onsight.tools.classify.options import ClassifyOptions  # noqa: E402
from onsight.tools.classify.task import Classifier  # noqa: E402


def label(data: Any, texts: str, shapes: str) -> None:
    """Label one picture; the network's outputs are made up.

    Args:
        data: JS buffer of the file.
        texts: JSON of ``[id, text of model.json, text of labels.txt or ""]`` of each model.
        shapes: JSON of the shapes of the network's outputs, by name.
    """
    assert onsight.page.bridge
    outputs = {name: np.full(shape, 0.5, np.float32) for name, shape in json.loads(shapes).items()}
    models = models_for(tuple((name, spec, labels) for name, spec, labels in json.loads(texts)))
    flow = models.make(Classifier).classify(data.to_bytes(), ClassifyOptions())
    try:
        step = next(flow)
        while True:
            step = flow.send(outputs) if isinstance(step, Run) else next(flow)
    except StopIteration as stop:
        codes.append("ok" if stop.value.candidates else "empty")
    except OnsightError as error:
        codes.append(error.code)


def report(later: str) -> str:
    """Return what happened: ``missed`` modules that the second part of the archives holds, and ``codes``.

    Args:
        later: JSON of the names of its files.
    """
    names = {name.removeprefix("site-packages/") for name in json.loads(later)}
    missed = [
        name for name in looked_for if {name.replace(".", "/") + end for end in (".pyc", "/__init__.pyc")} & names
    ]
    return json.dumps({"missed": sorted(missed), "codes": codes})
