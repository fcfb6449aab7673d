"""Evaluate the detectors, and fit the weights that combine their evidence.

``python -m models.detector.evaluate`` prints the tables of the model cards, ``python -m models.detector.fit``
writes ``py/onsight/data/detector.json``. Both take folders of pictures, which are not part of the project.
"""
