"""Accuracy through the pipeline's own preprocessing and decode, and what it is worth under worse conditions.

The parts, each usable on its own::

    figures        score(dataset, found) -> Figures: COCO's AP and AR
    predict        a dataset's pictures through one or several detectors
    runtimes       detectors on LiteRT, tflite-runtime, ONNX Runtime, OpenVINO
    matching       which detection found an object, for all that is drawn from confidences
    thresholds     precision, recall and the confidence to set
    calibration    whether a confidence of 0.8 is right 8 times in 10
    parity         whether two models see the same
    corruptions    noise, blur, darkness, JPEG, rain, things in the way
    attacks        FGSM and PGD on the float network
    evaluation     all of it, for the command ``edgedet evaluate``
"""
