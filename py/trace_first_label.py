"""Find which files Python reads for a first label. Runs inside Pyodide (see web/trace_first_label.mjs)."""

import codecs
import io
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

ENCODINGS = ("ascii", "latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "cp1252")
"""What texts in a picture's file may be encoded in; Python imports an encoding when it meets it."""

opened: set[str] = set()


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str):
        opened.add(arguments[0])


sys.addaudithook(_note)  # before anything is imported

import numpy as np  # noqa: E402
from PIL import Image, ImageCms  # noqa: E402

import onsight.page.bridge  # noqa: E402
from onsight.api import models_for  # noqa: E402
from onsight.core.flow import Run  # noqa: E402
from onsight.errors import OnsightError  # noqa: E402
from onsight.tools.classify.options import ClassifyOptions  # noqa: E402
from onsight.tools.classify.task import Classifier  # noqa: E402


def trace(texts: str, shapes: str, library: str) -> str:
    """Make the tools, label JPEG and PNG files of many kinds, and return the names of the files that this has read.

    Args:
        texts: JSON of ``[id, text of model.json, text of labels.txt or ""]`` of each model, in the page's order.
        shapes: JSON of the shapes of the outputs of the classifier's network, by name.
        library: Folder whose files are reported, with a slash at its end.

    Returns:
        JSON of a sorted list of the files' names below the folder.
    """
    assert onsight.page.bridge  # imported for its own imports
    classifier = models_for(tuple((name, spec, labels) for name, spec, labels in json.loads(texts))).make(Classifier)
    outputs = {name: np.full(shape, 0.5, np.float32) for name, shape in json.loads(shapes).items()}
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    for data in pictures():
        flow = classifier.classify(data, ClassifyOptions())
        with suppress(StopIteration, OnsightError):  # the label; a picture that is too damaged
            step = next(flow)
            while True:
                step = flow.send(outputs) if isinstance(step, Run) else next(flow)
    origins = [getattr(getattr(module, "__spec__", None), "origin", None) or "" for module in sys.modules.values()]
    paths = {*opened, *origins}
    return json.dumps(sorted(path.removeprefix(library) for path in paths if path.startswith(library)))


def pictures() -> Iterator[bytes]:
    """Yield JPEG and PNG files of many kinds: whole ones, ones that end too early, and ones with wrong bytes."""
    for data in _whole_pictures():
        yield data
        yield data[:9]
        yield data[: len(data) // 3]
        yield data[: len(data) * 2 // 3]
        yield bytes([*data[:2000], *(byte ^ 0x55 for byte in data[2000:2400]), *data[2400:]])


def _whole_pictures() -> Iterator[bytes]:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    photo = Image.effect_noise((320, 240), 60).convert("RGB")
    yield _saved(photo, "JPEG", icc_profile=profile, exif=exif, progressive=True, comment=b"note")
    yield _saved(photo, "PNG", icc_profile=profile, exif=exif)
    for mode in ("RGB", "L", "CMYK"):
        yield _saved(photo.convert(mode), "JPEG")
    for mode in ("RGB", "RGBA", "P", "1", "LA", "L"):
        yield _saved(photo.convert(mode), "PNG")
    yield _saved(Image.new("I;16", (320, 240), 999), "PNG")


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
