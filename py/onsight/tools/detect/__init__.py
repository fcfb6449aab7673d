"""Detect: find the objects in a picture.

::

    task        runs the networks and puts the steps below together
    tiles       which parts of a picture the networks see, and at what size
    anchors     SSD: anchors, and boxes from a network's outputs
    decoding    a network's outputs → candidates: boxes, log odds, classes
    presets     which networks run at what size, and the weight of each
    rescoring   the classifier's evidence for and against each box
    fusion      candidates from several networks → objects with calibrated scores
    selection   objects → the boxes that the options ask for
    exports     results → COCO, YOLO, Pascal VOC, Label Studio
    annotate    results → a picture with boxes drawn on it
    redact      makes parts of a picture unrecognisable
    edit        new files from a picture and its boxes: crop, redact, annotate, export
    parsing     JSON → results, checked

Boxes are ``(x1, y1, x2, y2)`` in pixels of the upright picture unless a function says otherwise.
"""
