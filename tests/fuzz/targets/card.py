"""A model's card, the JSON beside it, and the anchors it names."""

from __future__ import annotations

import io
import json

import numpy as np

from edgedet.inference.card import find_card
from edgedet.zoo.text import card_text
from tests.fuzz.scratch import put

LONGEST = 4096
_KEYS = (
    "sha256", "labels", "input", "colour", "mean", "std", "resize", "head", "box_order", "scales", "activation",
    "background", "anchors", "file", "anchors.npy", "../x", "/dev/zero", "\\ud800",
)  # fmt: skip
WORDS = (
    *(f'"{key}"'.encode() for key in _KEYS),
    b"1e999", b"NaN", b"-Infinity", b"null", b"[[", b'{"', b"\x93NUMPY",
)  # fmt: skip


def case(data: bytes) -> None:
    """Bytes up to the first zero byte are the card, the rest the anchors."""
    text, _, anchors = data.partition(b"\0")
    model = put("carded.tflite", b"model")
    put("anchors.npy", anchors)
    card = find_card(put("carded.json", text).with_suffix(".tflite"), "00")
    card.load_anchors()
    card_text(json.loads(text))
    assert model.exists()


def seeds() -> list[bytes]:
    anchors = io.BytesIO()
    np.save(anchors, np.zeros((3, 4), np.float32))
    whole = {
        "sha256": "00",
        "labels": ["person", "cat"],
        "input": {"colour": "BGR", "mean": [1, 2, 3], "std": 127.5, "resize": "stretch"},
        "head": {"box_order": "xywh", "scales": [10, 10, 5, 5], "activation": "none", "background": False},
        "anchors": {"file": "anchors.npy"},
        "figures": {"int8": {"val person": {"AP": 0.1}}},
    }
    return [json.dumps(whole).encode() + b"\0" + anchors.getvalue(), b"{}", b"[]", b'{"anchors": {"file": "."}}\0']
