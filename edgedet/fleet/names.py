"""What a camera may be called: the same word is its host name, its certificate's, its topics' and its client id."""

from __future__ import annotations

import re

from edgedet.errors import ConfigError

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*|[0-9a-f:.]+")


def check_name(name: str) -> str:
    """The name of a camera, if it can be one: a host name without dots (RFC 1123, 2.1), in small letters.

    Raises:
        ConfigError: it can't.
    """
    if not _LABEL.fullmatch(name):
        raise ConfigError(f"{name}: no name for a camera; take small letters, digits and -, 63 at most")
    return name


def check_host(name: str) -> str:
    """The name or address of a broker, if it can be one. Raises ConfigError if it can't."""
    if len(name) > 64 or not _HOST.fullmatch(name):  # what a common name may have (RFC 5280, ub-common-name)
        raise ConfigError(f"{name}: no host name or address; take one such as broker.local, 64 letters at most")
    return name
