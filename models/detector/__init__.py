"""Measure the detectors, and fit how their evidence is weighed.

``python -m models.detector.evaluate`` prints the tables of the model cards, ``python -m models.detector.fit``
writes ``py/onsight/data/detector.json``. Both take the folders of pictures; none of those is part of the project.
"""
