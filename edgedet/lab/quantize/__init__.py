"""Quantization, and the proof of what it cost. The parts, in the order of the work::

layers         a TFLite model, its layers by number
float_model    the model to quantize, checked
dead           channels that int8 would break
pictures       calibration pictures from folders, videos, datasets, tensors
activations    what every tensor held while the model saw them
ranges         min-max, moving average, percentile, entropy, MSE: from what a tensor held to its range
recipes        what becomes of weights and activations; the table of names
conversion     a recipe and the ranges to a quantized model, by ai-edge-quantizer
trace          every tensor of a model after a run
sensitivity    the error layer by layer, and the layers to keep
footprint      memory, and operators that XNNPACK leaves to the reference kernels
proof          float beside quantized: size, AP, latency, memory
blame          which layers cost the accuracy, and what to try
delivery       the model, its card and anchors under their final names, all or nothing
subject        the float model with its pictures
sweep          recipes tried on it and measured in turns
table, charts, side_by_side, report
               what came of it: for the terminal, as pictures, one HTML page and one JSON
analysis       one model's ranges, clipping and error, for ``edgedet analyse``
"""
