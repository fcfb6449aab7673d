"""What the page can ask for besides the tools: previews and archives."""

from __future__ import annotations

from onsight.core.results import OutputFile
from onsight.method import Method
from onsight.tools.shared.options import ArchiveOptions, PreviewOptions
from onsight.tools.shared.results import Preview
from onsight.tools.shared.task import archive, preview

TASKS = ()

METHODS = {
    "preview": Method(
        lambda _, image, options: preview(image, options),
        PreviewOptions,
        Preview,
        doc="Make a picture that every browser shows as the engine sees the file: upright and in sRGB.",
    ),
    "archive": Method(
        lambda _models, _image, options: archive(options),
        ArchiveOptions,
        OutputFile,
        takes_image=False,
        doc="Put files into a ZIP archive.",
    ),
}
