"""What a model needs beside its file: memory for its tensors, and kernels that XNNPACK doesn't have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from edgedet.lab import require


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a model needs.

    Attributes:
        arena_bytes: the memory that TFLite's planner gives to inputs, activations and outputs.
        outside: how often each operator is left to the reference kernels, by name; they run many times slower.
    """

    arena_bytes: int
    outside: dict[str, int]


def footprint(content: bytes) -> Footprint:
    """Measure a model, given as its file's bytes."""
    return Footprint(_arena(content), _outside(content))


def _arena(content: bytes) -> int:
    """From the lowest to the highest address of what operators write; delegates keep memory of their own."""
    package = require("ai_edge_litert.interpreter")
    interpreter = package.Interpreter(
        model_content=content,
        num_threads=1,
        experimental_op_resolver_type=package.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    written = {int(i) for operator in interpreter._get_ops_details() for i in operator["outputs"]}
    written.update(int(detail["index"]) for detail in interpreter.get_input_details())
    spans = []
    for index in sorted(written):
        try:
            values = interpreter.tensor(index)()
        except ValueError:  # its size is only known when it runs: not in the arena
            continue
        start = int(values.__array_interface__["data"][0])
        spans.append((start, start + values.nbytes))
    if not spans:
        return 0
    extent = max(end for _, end in spans) - min(start for start, _ in spans)
    return min(extent, sum(end - start for start, end in spans))  # beyond: some lie elsewhere on the heap


def _outside(content: bytes) -> dict[str, int]:
    package = require("ai_edge_litert.interpreter")
    interpreter = package.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    nodes = interpreter._get_ops_details()
    operators = {n: node for n, node in enumerate(nodes) if node["op_name"] != "DELEGATE"}
    producer = {int(i): n for n, node in operators.items() for i in node["outputs"]}
    taken: set[int] = set()
    for node in nodes:
        if node["op_name"] == "DELEGATE":
            taken |= _between(node, operators, producer)
    return dict(Counter(str(node["op_name"]) for n, node in operators.items() if n not in taken).most_common())


def _between(delegate: dict[str, Any], operators: dict[int, Any], producer: dict[int, int]) -> set[int]:
    """The operators that a delegate's node stands for: all between its outputs and its inputs."""
    border = {int(i) for i in delegate["inputs"]}
    todo = [int(i) for i in delegate["outputs"]]
    found: set[int] = set()
    while todo:
        tensor = todo.pop()
        number = producer.get(tensor)
        if number is None or number in found or tensor in border:
            continue
        found.add(number)
        todo += [int(i) for i in operators[number]["inputs"]]
    return found
