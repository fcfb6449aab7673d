"""What becomes of tags after a picture was looked at: a person's changes, texts and files. No network runs."""

from __future__ import annotations

from pathlib import PurePosixPath

from onsight.core.flow import Flow, Stage
from onsight.core.results import OutputFile
from onsight.files.zipping import pack
from onsight.metadata import beginning
from onsight.tools.tag import edits
from onsight.tools.tag.exports import FORMATS, TEXTS
from onsight.tools.tag.options import EditTagsOptions, ExportTagsOptions, TagTextOptions
from onsight.tools.tag.results import BegunSidecar, TagList, TagNames, TagText
from onsight.tools.tag.tag_names import TagNamer


def tag_names(namer: TagNamer) -> Flow[TagNames]:
    """Tell all names that are known."""
    yield Stage("postprocess")
    return TagNames(namer.names)


def edit_tags(options: EditTagsOptions, namer: TagNamer) -> Flow[TagList]:
    """Put a person's changes over what was found.

    Raises:
        InvalidOptionError: A name is empty, too long, or has a comma in it.
    """
    yield Stage("postprocess")
    return TagList(edits.edit(options.tags, options.removed, options.renamed, options.added, namer))


def tag_text(options: TagTextOptions) -> Flow[TagText]:
    """Write tags as a line of text."""
    yield Stage("encode")
    return TagText(TEXTS[options.format](options.tags))


def begin_sidecar(image: bytes) -> Flow[BegunSidecar]:
    """Return what a file says about its picture, as the XMP document with which a sidecar begins."""
    yield Stage("encode")
    return BegunSidecar(beginning.begin_sidecar(image))


def export_tags(options: ExportTagsOptions) -> Flow[OutputFile]:
    """Write the tags of pictures as one file; several are put into a ZIP."""
    yield Stage("encode")
    files = FORMATS[options.format](options.pictures)
    if options.format == "xmp" and len(files) == 1:
        ((path, text),) = files.items()
        return pack(PurePosixPath(path).stem, {path: text})
    return pack(f"{options.name}-{'tags' if options.format == 'csv' else options.format}", files)
