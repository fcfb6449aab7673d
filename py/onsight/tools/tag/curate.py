"""What can be done with tags: edit them, write them as text or files. No network runs."""

from __future__ import annotations

from dataclasses import replace
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
    """Return all names of tags that Onsight knows."""
    yield Stage("postprocess")
    return TagNames(namer.names)


def edit_tags(options: EditTagsOptions, namer: TagNamer) -> Flow[TagList]:
    """Apply the user's changes to the tags that were found.

    Raises:
        InvalidOptionError: A name is empty or too long, or contains a comma or a control character.
    """
    yield Stage("postprocess")
    return TagList(edits.edit(options.tags, options.removed, options.renamed, options.added, namer))


def tag_text(options: TagTextOptions) -> Flow[TagText]:
    """Write tags as a line of text."""
    yield Stage("encode")
    return TagText(TEXTS[options.format](options.tags, options.keywords))


def begin_sidecar(image: bytes) -> Flow[BegunSidecar]:
    """Return the metadata of a file as the XMP document that a new sidecar starts from."""
    yield Stage("encode")
    return BegunSidecar(beginning.begin_sidecar(image))


def export_tags(options: ExportTagsOptions) -> Flow[OutputFile]:
    """Write the tags of pictures as one file; several files are put into a ZIP."""
    yield Stage("encode")
    files = FORMATS[options.format]([replace(picture, level=options.keywords) for picture in options.pictures])
    if options.format == "xmp" and len(files) == 1:
        ((path, text),) = files.items()
        return pack(PurePosixPath(path).stem, {path: text})
    names = {"csv": "pictures", "tags-csv": "tags"}
    return pack(f"{options.name}-{names.get(options.format, options.format)}", files)
