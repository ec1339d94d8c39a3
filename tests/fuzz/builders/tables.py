"""A model of a few hundred bytes that has all the parts edgedet reads of one; nothing could run it."""

from __future__ import annotations

import io
import zipfile

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from tests.modelkit.metadata import _build as build
from tests.modelkit.metadata import append_files


def metadata() -> bytes:
    """Metadata with a normalisation and the name of a labels file."""
    return build(127.5, [127.5, 127.5, 127.5], ["labels.txt"], ["notes.txt"])


def archive(labels: str) -> bytes:
    """A zip archive with these labels in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("labels.txt", labels)
    return made.getvalue()


def small_model(labels: str | None = "person\ncat\n") -> bytes:
    """One operator, TFLite_Detection_PostProcess, its seven tensors, a signature, metadata and labels."""
    model = schema.ModelT()
    model.version = 3
    model.operatorCodes = [schema.OperatorCodeT(builtinCode=32, deprecatedBuiltinCode=32, customCode=POSTPROCESS)]
    graph = schema.SubGraphT()
    shapes = [[1, 4, 4], [1, 4, 3], [4, 4], [1, 10, 4], [1, 10], [1, 10], [1]]
    graph.tensors = [schema.TensorT(shape=shape, name=f"t{i}".encode(), buffer=0) for i, shape in enumerate(shapes)]
    graph.inputs, graph.outputs = [0, 1], [3, 4, 5, 6]
    graph.operators = [schema.OperatorT(opcodeIndex=0, inputs=[0, 1, 2], outputs=[3, 4, 5, 6])]
    model.subgraphs = [graph]
    model.buffers = [schema.BufferT(), schema.BufferT(data=metadata())]
    model.metadata = [schema.MetadataT(name=b"TFLITE_METADATA", buffer=1)]
    outputs = [schema.TensorMapT(name=name, tensorIndex=3 + i) for i, name in enumerate((b"boxes", b"classes"))]
    model.signatureDefs = [schema.SignatureDefT(signatureKey=b"serving_default", outputs=outputs, inputs=[])]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return append_files(bytes(builder.Output()), {} if labels is None else {"labels.txt": labels.encode()})


POSTPROCESS = b"TFLite_Detection_PostProcess"
