"""Puts and sends until it is killed: ``python -m tests.outbox.sender FILE FIRST``; says what it did."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from edgedet.outbox import Outbox


def main(path: Path, first: int) -> None:
    outbox = Outbox(path)
    say("begins")
    for number in itertools.count(first):
        outbox.put("push", f"{number:09}", {"number": number}, b"x" * 5000)
        say(f"put {number:09}")
        item = outbox.next("push")
        if number % 3 and item is not None:
            say(f"sent {item.key}")
            outbox.done(item)
            say(f"done {item.key}")


def say(text: str) -> None:
    """One line, at once."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
