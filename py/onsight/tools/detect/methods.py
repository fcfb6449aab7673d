"""What the page can ask of Detect."""

from __future__ import annotations

from onsight.core.options import NoOptions
from onsight.core.results import OutputFile
from onsight.method import Method, at_once
from onsight.tools.detect import edit
from onsight.tools.detect.options import (
    AnnotateOptions,
    CropOptions,
    DataSetOptions,
    DetectOptions,
    ExportOptions,
    RedactOptions,
)
from onsight.tools.detect.results import Detection, DetectionClasses, LabelledDataSet
from onsight.tools.detect.task import Detector

TASKS = (Detector,)

METHODS = {
    "detect": Method(
        lambda models, image, options: models.make(Detector).find(image, options),
        DetectOptions,
        Detection,
        decide=lambda models, found, options: models.make(Detector).select(found, options),
        check=lambda models, options: models.make(Detector).check(options),
        cache_key=lambda options: (options.preset, options.tiled),
        cache_size=64,
        doc="Find the objects in a picture.",
    ),
    "detection_classes": Method(
        lambda models, _, _options: at_once(models.make(Detector).classes),
        NoOptions,
        DetectionClasses,
        takes_image=False,
        doc="List the classes of objects that detection knows.",
    ),
    "crop": Method(
        lambda _, image, options: edit.crop(image, options),
        CropOptions,
        OutputFile,
        doc="Cut a part out of a picture, at full resolution and without the file's metadata.",
    ),
    "redact": Method(
        lambda _, image, options: edit.redact(image, options),
        RedactOptions,
        OutputFile,
        doc="Make parts of a picture unrecognisable for good, at full resolution and without the file's metadata.",
    ),
    "annotate": Method(
        lambda models, image, options: edit.annotate(image, options, models.make(Detector).labels),
        AnnotateOptions,
        OutputFile,
        check=lambda models, options: edit.check_classes(options.boxes, models.make(Detector).labels),
        doc="Draw boxes on a picture, at full resolution.",
    ),
    "export_detections": Method(
        lambda models, _, options: edit.export(options, models.make(Detector).labels),
        ExportOptions,
        OutputFile,
        takes_image=False,
        doc="Write the boxes of some pictures in another tool's format; several files become a ZIP archive.",
    ),
    "data_set": Method(
        lambda models, _, options: edit.data_set(options, models.make(Detector).labels),
        DataSetOptions,
        LabelledDataSet,
        takes_image=False,
        doc="Write the label files of a data set for training, and say where the pictures belong beside them.",
    ),
}
