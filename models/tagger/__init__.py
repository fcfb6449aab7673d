"""Train and evaluate the tagger's head.

``python -m models.tagger.train FOLDER`` cross-validates and, with ``--write``, writes ``py/onsight/data/tagger.npz``;
``python -m models.tagger.evaluate FOLDER --annotations FILE`` evaluates the shipped head on pictures that it has not
seen. The annotations are part of the project; the pictures are not.
"""
