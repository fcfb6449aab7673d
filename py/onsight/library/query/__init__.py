"""The language of searches.

::

    syntax      what a query is made of, as a tree
    parser      text → tree, or an error that points at the place
    texts       words, parts of words and exact names
    choices     fields of which a value is one of a few names
    values      numbers, dates and ranges as people write them
    fields      what stands before a colon, and what may stand behind it
    compiler    tree → SQL with parameters

A query is words and conditions, all of which must hold::

    dog -cat outdoor "living room" sun*
    (colour:blue OR colour:cyan) category:food score:>0.8
    has:location camera:canon untagged width:>4000 taken:2020-01..2021

A word finds what it names, by any of its names, and everything narrower: *animal* finds dogs. It also finds a person's
own tags, names of files and folders, captions, cameras and lenses that it is a part of. A phrase in quotation marks
finds whole words, and ``camera:="Canon EOS 5D"`` exactly this name. ``AND`` may be left out, ``OR`` binds less tightly,
``-`` or ``NOT`` turns what follows into its opposite.
"""

from onsight.library.query.compiler import compile_query
from onsight.library.query.fields import FIELDS, Field
from onsight.library.query.parser import exactly, parse, quote
from onsight.library.query.sql import Compiled

__all__ = ["FIELDS", "Compiled", "Field", "compile_query", "exactly", "parse", "quote"]
