"""Metadata about a picture, in its file and next to it.

::

    rdf      positions of lists in the text of an RDF document
    xmp      keywords in XMP: read, create, merge into existing ones
    sidecar  the file ``<name>.<ext>.xmp`` with keywords
"""
