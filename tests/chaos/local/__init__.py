"""Faults of the machine itself: disk, process, clock, store, model."""

MODULES: tuple[str, ...] = (
    "space", "disk", "files", "process", "neighbours", "limits", "clock", "database", "store", "model", "crash",
)  # fmt: skip
"""Modules with cases, in the order of the matrix."""
