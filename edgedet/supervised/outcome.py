"""How a service ends: what time may heal has an exit status of its own, after which it is started again."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator

from edgedet.errors import OutputError, SourceError
from edgedet.supervised import is_supervised

log = logging.getLogger(__name__)


@contextlib.contextmanager
def tried_again() -> Iterator[None]:
    """As a service, end with exit status 75 (``EX_TEMPFAIL``, sysexits.h) where a later start may go better.

    That is, when a camera, a file or a port can't be had: it may be plugged in, mounted or free tomorrow. A mistake
    in the settings keeps exit status 2, which the unit takes for final (``RestartPreventExitStatus=2``).
    """
    try:
        yield
    except (SourceError, OutputError) as error:
        if not is_supervised():
            raise
        log.error("%s", error)
        raise SystemExit(os.EX_TEMPFAIL) from None
