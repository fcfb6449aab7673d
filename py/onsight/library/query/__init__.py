"""The search language.

::

    syntax      the nodes of a query's syntax tree
    parser      text → tree, or an error with its position
    texts       conditions on words, parts of words and exact names
    choices     fields with a fixed set of values
    values      numbers, dates and ranges
    fields      the fields, such as ``camera:``
    compiler    tree → SQL with parameters
    sql         SQL conditions, and how to join them
    plain       plain words, such as *people eating outside*

A query consists of words and conditions, all of which must hold::

    dog -cat outdoor "living room" sun*
    (colour:blue OR colour:cyan) category:food score:>0.8
    has:location camera:canon untagged width:>4000 taken:2020-01..2021

A word finds the concept that it names, by any of its names, and every narrower concept: *animal* finds dogs. It also
finds the user's own tags, names of files and folders, captions, cameras and lenses that contain it. A phrase in
quotation marks matches whole words, and ``camera:="Canon EOS 5D"`` matches exactly this name. ``AND`` is optional and
binds more tightly than ``OR``; ``-`` or ``NOT`` negates what follows.
"""

from onsight.library.query.compiler import compile_query, plain_words
from onsight.library.query.fields import FIELDS, Field
from onsight.library.query.parser import exactly, parse, quote
from onsight.library.query.sql import Compiled

__all__ = ["FIELDS", "Compiled", "Field", "compile_query", "exactly", "parse", "plain_words", "quote"]
