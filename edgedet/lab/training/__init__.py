"""Training SSDLite MobileNetV2 in PyTorch.

One batch's way: ``pictures`` (pixels in memory) -> ``augment`` -> ``targets`` (anchors matched to boxes) ->
``net`` -> ``loss`` -> ``trainer`` (optimiser, averages, checkpoints, curves). ``transfer`` fills the net from a
TFLite model, ``pseudo`` labels what nobody labelled, ``distil``, ``prune`` and ``qat`` change how it is trained.
"""
