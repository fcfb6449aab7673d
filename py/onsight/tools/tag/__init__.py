"""Tag: list everything that a picture shows.

::

    task        runs the networks and puts the steps below together
    selection   evidence from all sources → one list of tags, and which of them to show
    objects     the classifier's classes → names that are more specific than the vocabulary's
    detected    detection's boxes → tags and their places
    tag_names   names for the user's own tags
    edits       applies the user's changes to the tags that were found
    keywords    tags → keywords of metadata
    exports     tags → texts and files for other programs
    parsing     JSON → tags, checked

The tables behind them, such as the vocabulary, are in `onsight.evidence`.
"""
