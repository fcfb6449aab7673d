"""Many pictures: a library in one SQLite file, the same on the command line and in the browser.

::

    schema      the tables, and how a file of an older version becomes one of this
    database    opens and closes the file, one transaction at a time
    terms       names of what pictures show, and which are broader than which
    records     what is known of one picture, as dataclasses
    store       writes a picture with all that was seen in it, in one transaction; finds what is known already
    query       the language of searches
    search      finds pictures, counts what is among them, remembers searches
    duplicates  what is the same, all but the same, and alike
    sorting     puts pictures into folders: plans, copies, moves, ZIP
    intake      what must be looked at, and what is known already
    archives    pictures in ZIP archives
    files       pictures in folders and archives of this computer
    indexing    looks at many, in several processes
    commands    all of it on the command line
    shelf       the library that a page has open; ``requests`` and ``answers`` are what it is asked and tells
    facts       what is known of pictures, put together for a person
    parcels     what was seen in a picture, on its way from worker to worker
    edits       a person's own tags, kept apart from the machine's; every change can be undone
"""
