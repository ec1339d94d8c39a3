"""From pixels to detections: a TFLite interpreter, what goes into it and what its outputs mean.

``detector.Detector`` puts the rest together: ``flatfile`` and ``card`` say what the model is, ``runtime`` runs it,
``preprocess`` fills its input, ``heads`` read its outputs, ``nms`` keeps the best box of each object; ``apart`` runs it
in a process of its own.
"""
