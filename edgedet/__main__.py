"""``python -m edgedet``."""

from edgedet.cli import main

if __name__ == "__main__":
    main()
