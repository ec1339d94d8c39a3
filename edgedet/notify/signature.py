"""How a receiver can tell that a message is from this edgedet, whole, and not an old one sent again.

The header ``X-Edgedet-Signature`` holds the time of sending in seconds since 1970 and an HMAC-SHA256 (RFC 2104), in
hexadecimal, of that time, a dot, and the body as it came over the wire::

    X-Edgedet-Signature: t=1795000000,v1=6b4c7e66d3b69c810f27c4aa67ee370757d4dfdabf1fbb338ea7cf6aba9e0494

A receiver computes the same over the bytes it got, compares in constant time, and refuses a time that is minutes off::

    fields = dict(field.split("=", 1) for field in headers["X-Edgedet-Signature"].split(","))
    expected = hmac.new(secret, fields["t"].encode() + b"." + body, "sha256").hexdigest()
    ok = hmac.compare_digest(expected, fields["v1"]) and abs(time.time() - int(fields["t"])) < 300
"""

from __future__ import annotations

import hmac

HEADER = "X-Edgedet-Signature"


def sign(secret: bytes, body: bytes, at: int) -> str:
    """The header's value.

    >>> sign(b"secret", b"{}", 1795000000)[:30]
    't=1795000000,v1=6b4c7e66d3b69c'

    Args:
        secret: known to both.
        body: what is sent.
        at: when, in seconds since 1970.
    """
    return f"t={at},v1={hmac.new(secret, b'%d.' % at + body, 'sha256').hexdigest()}"
