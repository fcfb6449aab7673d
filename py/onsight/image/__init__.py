"""Bytes of any file → upright sRGB pixels, or an error that says in a sentence what is wrong with the file.

::

    sniff       what format is this? a table of signatures; what is no picture is refused by name
    decoding    opens, loads, reduces and turns the picture upright
    orientation which way up it is: the one decision for all formats
    colour      any pixel type and colour space → 8-bit sRGB on white
    containers  facts that stand in a file's container, read without a decoder
    guard       the limit of size, and every exception of Pillow → an Onsight error with a sentence

Nothing here writes to a file, changes a setting of Pillow, or knows where the bytes came from.
"""

from onsight.image.decoding import DecodedImage, decode, encode_preview
from onsight.image.guard import MAX_PIXELS

__all__ = ["MAX_PIXELS", "DecodedImage", "decode", "encode_preview"]
