"""What the page can ask of Details."""

from __future__ import annotations

from onsight.core.options import NoOptions
from onsight.core.results import OutputFile
from onsight.method import Method
from onsight.tools.details import task
from onsight.tools.details.options import CleanOptions
from onsight.tools.details.results import PictureDetails

TASKS = ()

METHODS = {
    "details": Method(
        lambda _models, image, _options: task.read(image),
        NoOptions,
        PictureDetails,
        cache_size=64,
        doc="Read all the metadata in a file.",
    ),
    "clean": Method(
        lambda _models, image, options: task.clean(image, options),
        CleanOptions,
        OutputFile,
        doc="Copy a JPEG, PNG or WebP file without its metadata; the pixels stay exactly as they are.",
    ),
}
