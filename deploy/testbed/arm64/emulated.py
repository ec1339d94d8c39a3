"""A pytest plug-in (``-p emulated``): made-up examples under emulation may take their time, and are fewer."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("emulated", deadline=None, max_examples=20, derandomize=True, database=None)
settings.load_profile("emulated")
