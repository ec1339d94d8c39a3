"""edgedet, computing the same on every processor: ``reference.py detect PATHS...``, with every option of edgedet.

LiteRT has kernels of its own for each processor, and they round int8 sums each in its own way; so does OpenCV when it
makes a picture smaller (its arm64 wheels do that by KleidiCV). TFLite's reference kernels compute with integers only,
and OpenCV has an exact way too: what two machines see differently with both, edgedet made of it.
"""

from __future__ import annotations

import functools
import sys

import cv2
from ai_edge_litert import interpreter

from edgedet.__main__ import main

reference = interpreter.OpResolverType.BUILTIN_REF
interpreter.Interpreter = functools.partial(interpreter.Interpreter, experimental_op_resolver_type=reference)
cv2.resize = functools.partial(cv2.resize, interpolation=cv2.INTER_LINEAR_EXACT)
sys.argv[0] = "edgedet"
sys.exit(main())
