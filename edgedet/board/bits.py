"""The firmware's complaints: the bits of a Raspberry Pi's ``get_throttled``, and what they mean."""

from __future__ import annotations

THROTTLE_BITS = {
    0: "undervoltage",
    1: "frequency capped",
    2: "throttled",
    3: "soft temperature limit",
    16: "undervoltage since boot",
    17: "frequency capped since boot",
    18: "throttled since boot",
    19: "soft temperature limit since boot",
}
"""The meaning of each bit (Raspberry Pi documentation, "vcgencmd", get_throttled)."""

UNDERVOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = (1 << bit for bit in range(4))
"""The bits of now; each is 16 places higher for "since boot"."""


def words(bits: int) -> tuple[str, ...]:
    """What the bits complain of; empty if nothing.

    >>> words(0x50005)
    ('undervoltage', 'throttled', 'undervoltage since boot', 'throttled since boot')
    """
    return tuple(text for bit, text in THROTTLE_BITS.items() if bits >> bit & 1)
