"""From the outputs of detection networks to objects in a picture.

::

    views       which parts of a picture the networks look at, and the way back
    anchors     SSD: anchors, and the boxes that a network makes of them
    decoding    a network's outputs → candidates: boxes, log odds, classes
    presets     which networks look at what size, and how much each is believed
    fusion      candidates of several networks → objects with calibrated scores
    selection   objects → the boxes that a person asked for
    exports     results → COCO, YOLO, Pascal VOC, Label Studio
    annotate    results → a picture with boxes drawn on it
    redact      parts of a picture → nothing that can be recognised
    plain       JSON → results, checked
    options     what can be chosen when boxes are put to use
    packing     several files → one

Boxes are ``(x1, y1, x2, y2)`` in pixels, of the upright picture unless a function says otherwise.
"""
