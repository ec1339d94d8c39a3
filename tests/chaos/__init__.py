"""Faults on purpose, and whether the program keeps what it promises under them: ``python -m tests.chaos``."""
