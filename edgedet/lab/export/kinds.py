"""How a tensor stores real values."""

from __future__ import annotations

from dataclasses import dataclass

TYPES = {"float32": 0, "int32": 2, "uint8": 3, "int16": 7, "int8": 9}
"""Element types by their number in TFLite's schema (``TensorType``)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a tensor stores real values: real = (element - zero_point) * scale; scale 0: as they are."""

    dtype: str = "float32"
    scale: float = 0.0
    zero_point: int = 0


FLOAT32 = Kind()
