"""What is written about a picture beside it.

::

    rdf      where lists stand in the text of an RDF document
    xmp      keywords in XMP: read, built, merged into what is there
    sidecar  the file ``<name>.<ext>.xmp`` that holds them
"""
