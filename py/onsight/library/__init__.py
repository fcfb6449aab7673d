"""The library: many pictures in one SQLite file, the same on the command line and in the browser.

::

    schema          the tables; `migrations` brings files of older versions up to date
    database        opens and closes the file, one transaction at a time
    terms           names of what pictures show, and which are broader than which
    records         what is known of one picture, as dataclasses
    store           writes a picture with all its results in one transaction; finds known pictures
    query           the language of searches
    search          finds pictures, counts facets, remembers searches
    duplicates      finds copies and similar pictures
    sorting         puts pictures into folders: plans, copies, moves, ZIP
    exports         writes what the library knows for other programs
    import_session  decides which files must be analysed and which are known already
    archives        reads pictures in ZIP archives
    files           reads pictures in folders and archives of this computer
    edits           the user's own tags, kept apart from the machine's; every change can be undone

`onsight.tools.organise` puts it to use.
"""
