"""Tags in the formats of other programs. Which tags are written is one of `onsight.tools.tag.keywords.LEVELS`.

================  ==========================================================================================
``list``          a line of text: names separated by commas, as photo sites and catalogues accept them
``hashtags``      a line of text: ``#RiverOrLake``
``csv``           one table with a row for each picture: title, keywords, colours and, if wanted, the description
``tags-csv``      one table with a row for each tag of each picture
``rekognition``   a JSON file for each picture, in the format of Amazon Rekognition's labels
``xmp``           a sidecar for each picture, ``<name>.<ext>.xmp``
================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from onsight.tools.tag.exports import lists, rekognition, sidecars, table
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.results import Tag

TEXTS: Mapping[str, Callable[[Sequence[Tag], str], str]] = {
    "list": lists.comma_list,
    "hashtags": lists.hashtags,
}
"""Functions that write the tags of a picture as a line of text, by format; the second argument is the level."""

FORMATS: Mapping[str, Callable[[Sequence[TaggedPicture]], dict[str, str]]] = {
    "csv": table.write_pictures,
    "tags-csv": table.write,
    "rekognition": rekognition.write,
    "xmp": sidecars.write,
}
"""Functions that write the tags of pictures as contents by file name (relative, with ``/``), by format."""
