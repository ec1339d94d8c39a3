"""Faults of the machine itself: disk, process, clock, store, model."""

MODULES: tuple[str, ...] = ("disk", "files", "process", "limits", "clock", "store", "model", "crash")
"""Modules with cases, in the order of the matrix."""
