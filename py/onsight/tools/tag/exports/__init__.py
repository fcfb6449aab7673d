"""Tags for elsewhere. Only those that are shown are written.

================  ==========================================================================================
``list``          a text: names with commas between them, as photo sites and catalogues take them
``hashtags``      a text: ``#RiverOrLake``
``csv``           one table for all pictures, a row a tag
``rekognition``   one JSON file a picture, in the shape that programs know from Amazon Rekognition's labels
``xmp``           one sidecar a picture, ``<name>.<ext>.xmp``
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
"""From the tags of a picture to a text of one line."""

FORMATS: Mapping[str, Callable[[Sequence[TaggedPicture]], dict[str, str]]] = {
    "csv": table.write,
    "rekognition": rekognition.write,
    "xmp": sidecars.write,
}
"""From the tags of pictures to contents by name of file, relative and with ``/``."""
