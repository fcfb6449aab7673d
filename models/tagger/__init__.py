"""Train the tagger's head, and measure it.

``python -m models.tagger.train FOLDER`` cross-validates and, with ``--write``, writes ``py/onsight/data/tagger.npz``;
``python -m models.tagger.evaluate FOLDER --annotations FILE`` measures what ships on pictures that it has not seen. The
pictures are not part of the project, their annotations are.
"""
