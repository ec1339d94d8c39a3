"""Faults between the program and the network: its sources, what it sends to, who looks at it."""

MODULES = ("breaks", "refusals", "packets", "broker", "hooks", "outages", "crowds", "silent")
"""Modules with cases, in the order of the matrix."""
