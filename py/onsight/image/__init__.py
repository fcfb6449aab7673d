"""Decode the bytes of any file to upright sRGB pixels, or raise an error that explains what is wrong with it.

::

    sniff       detects the format by signature; refuses files that are not pictures by name
    decoding    opens, loads and reduces the picture, and turns it upright
    orientation decides which way up a picture is, for all formats
    colour      converts any pixel type and colour space to 8-bit sRGB on white
    containers  facts in a file's container, read without a decoder
    guard       the size limit, and the conversion of Pillow's exceptions to Onsight errors

Nothing here writes files, changes Pillow's settings, or knows where the bytes came from.
"""

from onsight.image.decoding import DecodedImage, decode, encode_preview
from onsight.image.guard import MAX_PIXELS

__all__ = ["MAX_PIXELS", "DecodedImage", "decode", "encode_preview"]
