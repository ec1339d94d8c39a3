"""``python -m edgedet``, and the command ``edgedet``."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; see :func:`edgedet.cli.main`."""
    try:
        from edgedet.cli import main as program
    except KeyboardInterrupt:  # on a slow board its own libraries take a second
        sys.exit(130)
    program()


if __name__ == "__main__":
    main()
