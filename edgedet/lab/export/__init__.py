"""From a trained net to files that others run: TFLite and ONNX, with parity checked at every step.

Each step takes a model and gives a model, so that they work on float and int8 files alike::

    tflite        PyTorch -> float TFLite, raw heads          onnx         PyTorch -> float ONNX, raw heads
    interface     float, uint8 or int8 pictures in            qdq          float ONNX -> int8 ONNX (QDQ)
    postprocess   suppression inside the model                parity       what a step changed, and too much of it
    metadata      labels and normalisation inside the file    cards        what there is to say of a model, beside it

``edgedet export`` is :func:`edgedet.lab.export.commands.export_net` and its neighbours. TFLite files are changed
with :class:`edgedet.lab.export.graph.Graph`.
"""
