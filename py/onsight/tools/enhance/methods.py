"""What the page can ask of Enhance."""

from __future__ import annotations

from onsight.core.options import NoOptions
from onsight.method import Method, at_once
from onsight.tools.enhance import task
from onsight.tools.enhance.controls import enhance_controls
from onsight.tools.enhance.options import EnhanceOptions, EnhancePreviewOptions
from onsight.tools.enhance.results import EnhanceAnalysis, EnhanceControls, EnhancedFile, EnhancePreview
from onsight.tools.enhance.upscale import Upscaler

TASKS = (Upscaler,)

METHODS = {
    "enhance_controls": Method(
        lambda _models, _image, _options: at_once(enhance_controls()),
        NoOptions,
        EnhanceControls,
        takes_image=False,
        doc="List the controls of Enhance with their ranges.",
    ),
    "enhance_analysis": Method(
        lambda _models, image, _options: task.analyse(image),
        NoOptions,
        EnhanceAnalysis,
        cache_size=64,
        doc="Analyse what would improve a picture, and adapt the presets to it.",
    ),
    "enhance_preview": Method(
        lambda _, image, options: task.prepare_preview(image, options),
        EnhancePreviewOptions,
        EnhancePreview,
        decide=lambda _, seen, options: task.make_preview(seen, options),
        cache_key=task.preview_cache_key,
        cache_size=3,
        doc="Show a picture with settings, at a reduced size.",
    ),
    "enhance": Method(
        lambda models, image, options: task.enhance(image, options, lambda: models.make(Upscaler)),
        EnhanceOptions,
        EnhancedFile,
        doc="Improve a picture, at full resolution.",
    ),
}
