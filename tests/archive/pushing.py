"""``python -m tests.archive.pushing``: the command line with short pauses and a short patience, to be killed."""

from __future__ import annotations

import edgedet.archive.access as access
import edgedet.archive.pause as pause
import edgedet.archive.wire as wire

if __name__ == "__main__":
    from edgedet.__main__ import main

    pause.Pause.__init__.__defaults__ = (None, 0.05, 1.0)
    wire.Wire.__init__.__defaults__ = (None, 3.0)  # so that an answer that is late is one that doesn't come
    assert access.Wire is wire.Wire
    main()
