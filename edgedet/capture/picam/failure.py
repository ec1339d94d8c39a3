"""Why a camera module can't be used, from what picamera2 and libcamera raise."""

from __future__ import annotations

from edgedet.capture.receiver import Lost

FAILURES = (RuntimeError, OSError, LookupError, AttributeError, TypeError, ValueError)
"""What picamera2 raises when a camera doesn't do as it should: it checks little, and passes on what libcamera says."""

_CAUSES = (
    (("busy", "acquire"), "in use by another process; end that first (sudo fuser -v /dev/media* shows which it is)"),
    (("permission", "eacces"), "permission denied; sudo usermod -aG video $USER, then log in again"),
    (
        ("allocate memory", "enomem", "dma_heap", "dmaheap", "dma-buf"),
        "not enough memory for its buffers (CMA); lower source.width and source.height, or raise cma= in "
        "/boot/firmware/cmdline.txt",
    ),
)
"""Words in a chain of errors, in lower case, and what they mean."""


def lost(doing: str, error: BaseException) -> Lost:
    """What went wrong while ``doing`` something, with what to do, in one line."""
    together = " ".join(_chain(error)).lower()
    for words, meaning in _CAUSES:
        if any(word in together for word in words):
            return Lost(meaning)
    return Lost(f"can't be {doing} ({reason(error)}); does rpicam-hello work with it?")


def reason(error: BaseException, most: int = 120) -> str:
    """The innermost error, which says most, cut to so many characters: picamera2 puts whole configurations into its."""
    text = _chain(error)[-1]
    return text if len(text) <= most else text[: most - 3] + "..."


def _chain(error: BaseException | None) -> list[str]:
    texts = []
    while error is not None:
        texts.append(" ".join(str(error).split()) or type(error).__name__)
        error = error.__cause__ or error.__context__
    return texts
