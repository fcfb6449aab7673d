"""Tags in the formats of other programs. Only tags that are shown are written.

================  ==========================================================================================
``list``          a line of text: names separated by commas, as photo sites and catalogues accept them
``hashtags``      a line of text: ``#RiverOrLake``
``csv``           one table for all pictures, with a row for each tag
``rekognition``   a JSON file for each picture, in the format of Amazon Rekognition's labels
``xmp``           a sidecar for each picture, ``<name>.<ext>.xmp``
================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from onsight.tools.tag.exports import lists, rekognition, sidecars, table
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.results import Tag

TEXTS: Mapping[str, Callable[[Sequence[Tag]], str]] = {
    "list": lists.comma_list,
    "hashtags": lists.hashtags,
}
"""Functions that write the tags of a picture as a line of text, by format."""

FORMATS: Mapping[str, Callable[[Sequence[TaggedPicture]], dict[str, str]]] = {
    "csv": table.write,
    "rekognition": rekognition.write,
    "xmp": sidecars.write,
}
"""Functions that write the tags of pictures as contents by file name (relative, with ``/``), by format."""
