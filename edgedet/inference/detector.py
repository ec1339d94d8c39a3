"""A model and everything around it that turns a picture into detections."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from edgedet.errors import HeadError, LabelsError, ModelError
from edgedet.inference.apart.runtime import ApartRuntime, open_apart
from edgedet.inference.card import Card, default_model, find_card
from edgedet.inference.flatfile import ModelFile, read_model
from edgedet.inference.heads import Head, Outputs, recognise
from edgedet.inference.heads.clues import Clues
from edgedet.inference.kept import Limits
from edgedet.inference.labels import fit_labels, read_labels
from edgedet.inference.looked import Looked, RawOutputs
from edgedet.inference.nms import non_maximum_suppression
from edgedet.inference.preprocess import Placement, Preprocessor
from edgedet.inference.probe import ensure_runnable, run_on_noise
from edgedet.inference.runtime import Runtime, open_runtime
from edgedet.types import Detections, Frame, Image, Ready

log = logging.getLogger(__name__)


class Detector:
    """Finds objects in pictures with a TFLite detector.

    ::

        import cv2
        from edgedet import Detector

        detector = Detector("model.tflite")
        for found in detector.detect(cv2.imread("street.jpg")).to_dicts():
            print(found["label"], found["score"], found["box"])

    The model is loaded and has run before the constructor returns. Use one detector from one thread.

    Args:
        model: a ``.tflite`` file; None: the one that comes with edgedet.
        labels: a labels file; None: from the model's card or metadata.
        confidence: lowest score kept, 0 to 1.
        class_confidence: lowest score kept for single labels, instead of ``confidence``.
        iou: overlap above which the weaker of two boxes of one class is dropped, 0 to 1.
        max_detections: most objects kept in one picture, best first.
        runtime: ``litert``, ``tflite-runtime`` or ``auto``.
        threads: the interpreter's threads; 0: the physical cores.
        delegate: library of an external delegate, such as ``libedgetpu.so.1``.
        delegate_fallback: run on the CPU, with a warning, when the delegate can't be loaded.
        resize: ``letterbox`` (keeps shapes), ``stretch``, or ``auto``: as the model's card or family has it.
        isolate: ``process`` runs the interpreter in a process of its own, which is started again when it dies;
            ``sandbox`` in one that may do nothing but compute, for a model nobody vouches for; ``off``: in this one.

    Attributes:
        labels: the name of every class, by class id.
        model: what the model's file says.
        head: how its outputs are read.
        runtime: what runs it.
        limits: which candidates are kept; may be set to others between two pictures.

    Raises:
        ModelError: the model can't be read, run or understood (HeadError, LabelsError are kinds of it).
        RuntimeMissing: no interpreter is installed, or the delegate can't be loaded.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        labels: str | Path | None = None,
        confidence: float = 0.5,
        class_confidence: Mapping[str, float] | None = None,
        iou: float = 0.5,
        max_detections: int = 100,
        runtime: str = "auto",
        threads: int = 0,
        delegate: str = "",
        delegate_fallback: bool = False,
        resize: str = "auto",
        isolate: str = "off",
    ) -> None:
        path = Path(model) if model is not None else default_model()
        file = read_model(path)
        card = find_card(path, file.sha256)
        opened: Runtime
        if isolate == "off":
            ensure_runnable(path, file.sha256, runtime, delegate, delegate_fallback)
            opened = open_runtime(path, runtime, threads, delegate, delegate_fallback)
        else:
            opened = open_apart(path, runtime, threads, delegate, delegate_fallback, sandbox=isolate == "sandbox")
        self._assemble(file, card, opened, *_labels(file, card, Path(labels) if labels else None), resize)
        self.limits = Limits.of(self.labels, confidence, class_confidence, iou, max_detections)
        if isinstance(opened, ApartRuntime):
            opened.keep()

    def _assemble(
        self, file: ModelFile, card: Card, runtime: Runtime, names: tuple[str, ...] | None, origin: str, resize: str
    ) -> None:
        """Understand a model that is open: its head, its labels, what its input wants."""
        self.model, self.runtime = file, runtime
        with _naming(file.path):
            self.head: Head = self._recognise(card, names)
            self.labels: tuple[str, ...] = _fit(names, self.head, origin, file.path)
            self._preprocess = self._preprocessor(card, resize)

    def detect(self, image: Image) -> Detections:
        """The objects in a picture.

        Args:
            image: uint8 (H, W, 3) BGR as OpenCV gives it, of any size; (H, W) grey and (H, W, 4) BGRA also do.

        Returns:
            Boxes in pixels of ``image``, clipped to it, best score first.

        Raises:
            ValueError: ``image`` isn't a picture.
        """
        return self.detect_timed(_as_bgr(image))[0]

    def detect_timed(self, image: Image) -> tuple[Detections, dict[str, float]]:
        """As :meth:`detect` for a BGR picture, and the seconds ``preprocess``, ``invoke`` and ``decode`` took."""
        return self._run(image, (image.shape[1], image.shape[0])).found()

    def detect_frame(self, frame: Frame) -> tuple[Detections, dict[str, float]]:
        """The objects in a frame, in pixels of its image; looked for in its small picture, where it has one.

        Returns:
            Them, and the seconds each step took, as :meth:`detect_timed` has it.
        """
        return self.look(frame).found()

    def look(self, frame: Frame) -> Looked:
        """Run the model on a frame, as :meth:`detect_frame` does; what it saw can be worked out by another thread.

        Raises:
            InferenceLost: the model's process is gone.
        """
        image = frame.image if frame.small is None else frame.small
        return self._run(image, (frame.width, frame.height), frame.ready)

    def _run(self, image: Image, size: tuple[int, int], ready: Ready | None = None) -> RawOutputs:
        """Run the model on ``image``, or on what was made ready of it; boxes are for a picture of this size."""
        start = time.perf_counter()
        if ready is not None and ready.maker is self._preprocess and (values := ready.take()) is not None:
            placement: Placement = ready.placement
            self.runtime.input()[...] = values
        else:
            placement = self._preprocess(image, self.runtime.input())
        written = time.perf_counter()
        self.runtime.invoke()
        seconds = {"preprocess": written - start, "invoke": time.perf_counter() - written}
        return RawOutputs(self.runtime, partial(self._decode, placement, size), seconds)

    def ready(self, frame: Frame) -> Frame:
        """A frame with the model's input made of it; from any thread.

        What is found is the same. It is for frames that are sure to be looked at: they are made ready meanwhile.
        """
        if frame.ready is not None:
            return frame
        values, placement = self._preprocess.prepare(frame.image if frame.small is None else frame.small)
        return replace(frame, ready=Ready(values, placement, self._preprocess))

    @property
    def input_size(self) -> tuple[int, int]:
        """(width, height) of the model's input, in pixels."""
        return self._preprocess.width, self._preprocess.height

    @property
    def resize(self) -> str:
        """How a frame meets the model's shape: ``letterbox`` or ``stretch``."""
        return self._preprocess.resize

    def _recognise(self, card: Card, names: tuple[str, ...] | None) -> Head:
        if len(self.runtime.inputs) != 1:
            seen = ", ".join(map(str, self.runtime.inputs))
            raise HeadError(f"{self.model.path}: {len(self.runtime.inputs)} inputs ({seen}); wanted one picture")
        shape = self.runtime.inputs[0].shape
        if len(shape) != 4:
            raise HeadError(f"{self.model.path}: its input {self.runtime.inputs[0]} isn't a picture (1, H, W, 3)")
        samples = run_on_noise(self.runtime)
        outputs = tuple(t for t in self.runtime.outputs if t.index in samples)
        classes = len(fit_labels(names, None, "labels")) if names else None
        return recognise(Clues(self.model, card, outputs, samples, (shape[2], shape[1]), classes))

    def _preprocessor(self, card: Card, resize: str) -> Preprocessor:
        if resize == "auto":
            resize = card.input.resize
        if resize == "auto":
            resize = "letterbox" if self.head.name.startswith("yolo") else "stretch"
        mean, std = card.input.mean, card.input.std
        if mean is None or std is None:
            mean, std = self.model.metadata.mean, self.model.metadata.std
        if mean is None and self.head.name.startswith("yolo"):
            mean, std = 0.0, 255.0
        return Preprocessor(self.runtime.inputs[0], mean, std, card.input.colour, resize)

    def _decode(
        self, placement: Placement, size: tuple[int, int], output: Outputs, limits: Limits | None
    ) -> Detections:
        """The objects that the outputs tell of, in pixels of a picture of this width and height."""
        limits = limits or self.limits
        found = self.head.decode(output, limits.scores)
        if not len(found.scores):
            return Detections.empty(self.labels)
        boxes, scores, class_ids = found.boxes, found.scores, found.class_ids
        if not (np.isfinite(boxes).all() and (boxes[:, 2:] > boxes[:, :2]).all()):
            sound = np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
            boxes, scores, class_ids = boxes[sound], scores[sound], class_ids[sound]
        if self.head.needs_nms:
            kept = non_maximum_suppression(boxes, scores, class_ids, limits.iou, limits.most)
        else:
            kept = np.argsort(-scores, kind="stable")[: limits.most]
        if not len(kept):
            return Detections.empty(self.labels)
        boxes = placement.to_frame(boxes[kept], self.input_size, size)
        boxes = np.minimum(np.maximum(boxes, 0), np.array(size * 2, np.float32))
        seen = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        if not seen.all():
            boxes, kept = boxes[seen], kept[seen]
        return Detections(boxes, np.minimum(np.maximum(scores[kept], 0), 1), class_ids[kept], self.labels)


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """What goes wrong inside is the model's fault: say which model."""
    try:
        yield
    except (ArithmeticError, IndexError, TypeError, ValueError) as error:
        text = str(error) if isinstance(error, ModelError) else f"can't be understood ({type(error).__name__}: {error})"
        if str(path) in text or isinstance(error, LabelsError):
            raise
        raise ModelError(f"{path}: {text}") from None


def _labels(model: ModelFile, card: Card, file: Path | None) -> tuple[tuple[str, ...] | None, str]:
    """The labels and where they are from: the file asked for, the card, the model's own metadata."""
    if file is not None:
        return read_labels(file), str(file)
    if card.labels is not None:
        return card.labels, str(card.path)
    return model.metadata.labels, f"{model.path} (its metadata)"


def _fit(names: tuple[str, ...] | None, head: Head, origin: str, path: Path) -> tuple[str, ...]:
    if names is not None:
        return fit_labels(names, head.classes, origin)
    if head.classes is None:
        raise LabelsError(f"{path}: neither its card nor its metadata has labels; give a labels file (-l)")
    log.warning("%s: no labels; its %d classes are shown by number (give a labels file: -l)", path, head.classes)
    return tuple(f"class {i}" for i in range(head.classes))


def _as_bgr(image: Image) -> Image:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or 0 in image.shape:
        seen = f"{image.dtype} {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise ValueError(f"image must be uint8 (H, W, 3) BGR and not empty, but got {seen}")
    if image.ndim == 2:
        return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    if image.ndim == 3 and image.shape[2] == 4:
        return cv2.cvtColor(image, cv2.COLOR_BGRA2BGR).astype(np.uint8, copy=False)
    if image.ndim == 3 and image.shape[2] == 3:
        return image
    raise ValueError(f"image must be uint8 (H, W, 3) BGR, but got {image.dtype} {image.shape}")
