"""Tags: what is known before a picture is seen, what is seen, and what becomes of it.

::

    vocabulary    the closed vocabulary of tags, a table
    expectations  what a picture of each of the classifier's classes usually shows, a table
    naming        the names that a person's own tags can have
    edits         what a person changed, put over what was found
    keywords      tags → the keywords of metadata
    exports       tags → texts and files for elsewhere
    plain         plain data → tags, checked
"""
