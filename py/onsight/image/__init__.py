"""Bytes of any file → upright sRGB pixels, or an error that says in a sentence what is wrong with the file.

::

    sniff     what format is this? a table of signatures; what is no picture is refused by name
    decoding  opens, loads, reduces and turns the picture upright; every failure becomes an Onsight error
    colour    any pixel type and colour space → 8-bit sRGB on white

Nothing here writes to a file, changes a setting of Pillow, or knows where the bytes came from.
"""

from .decoding import MAX_PIXELS, DecodedImage, decode, encode_preview

__all__ = ["MAX_PIXELS", "DecodedImage", "decode", "encode_preview"]
