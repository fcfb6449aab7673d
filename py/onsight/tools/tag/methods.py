"""What the page can ask of Tag."""

from __future__ import annotations

from onsight.core.options import NoOptions
from onsight.core.results import OutputFile
from onsight.method import Method
from onsight.networks.models import Models
from onsight.tools.detect.task import Detector
from onsight.tools.tag import curate
from onsight.tools.tag.options import EditTagsOptions, ExportTagsOptions, TagOptions, TagTextOptions
from onsight.tools.tag.results import BegunSidecar, Tagging, TagList, TagNames, TagText
from onsight.tools.tag.tag_names import TagNamer
from onsight.tools.tag.task import Tagger

TASKS = (Tagger,)


def tagger_for(models: Models, options: TagOptions) -> Tagger:
    """Return the tagger, with the detector if the options want boxes."""
    tagger = models.make(Tagger)
    return tagger.with_detector(models.make(Detector)) if options.boxes else tagger


METHODS = {
    "tag": Method(
        lambda models, image, options: tagger_for(models, options).observe(image, options),
        TagOptions,
        Tagging,
        decide=lambda models, seen, options: tagger_for(models, options).decide(seen, options),
        cache_key=lambda options: options.boxes,
        cache_size=16,
        doc="List everything that a picture shows.",
    ),
    "tag_names": Method(
        lambda models, _, _options: curate.tag_names(models.make(TagNamer)),
        NoOptions,
        TagNames,
        takes_image=False,
        doc="List the names of all tags that Onsight knows.",
    ),
    "edit_tags": Method(
        lambda models, _, options: curate.edit_tags(options, models.make(TagNamer)),
        EditTagsOptions,
        TagList,
        takes_image=False,
        doc="Apply the user's changes to the tags of a picture.",
    ),
    "tag_text": Method(
        lambda _models, _, options: curate.tag_text(options),
        TagTextOptions,
        TagText,
        takes_image=False,
        doc="Write the shown tags as text.",
        only="text",
    ),
    "begin_sidecar": Method(
        lambda _models, image, _options: curate.begin_sidecar(image),
        NoOptions,
        BegunSidecar,
        doc="Write what a file says about its picture as an XMP document, the beginning of a sidecar.",
        only="data",
    ),
    "export_tags": Method(
        lambda _models, _, options: curate.export_tags(options),
        ExportTagsOptions,
        OutputFile,
        takes_image=False,
        doc="Write the shown tags of some pictures to a file; several files become a ZIP archive.",
    ),
}
