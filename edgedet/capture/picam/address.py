"""What follows the colon of ``picam:``."""

from __future__ import annotations

from dataclasses import dataclass

from edgedet.errors import SourceError

TEST = "test"
"""The name that means the test camera."""


@dataclass(frozen=True, slots=True)
class Address:
    """A camera module's address.

    Attributes:
        wanted: its number, or its model or Id.
        test: whether the test camera is meant; ``wanted`` is then the number among the test cameras.
        query: what the test camera is told, as it stands after the question mark.
    """

    wanted: int | str
    test: bool = False
    query: str = ""


def parse(uri: str) -> Address:
    """An address in its parts.

    >>> parse("picam:"), parse("picam:imx708")
    (Address(wanted=0, test=False, query=''), Address(wanted='imx708', test=False, query=''))
    >>> parse("picam:test,1?stall=30")
    Address(wanted=1, test=True, query='stall=30')

    Raises:
        SourceError: it makes no sense.
    """
    rest = uri.partition(":")[2].removeprefix("//")
    name, question, query = rest.partition("?")
    first, comma, number = name.partition(",")
    if first == TEST:
        if comma and not number.isdecimal():
            raise SourceError(f"{uri}: {number or 'nothing'} is no number of a test camera; use picam:test,1")
        return Address(int(number or 0), True, query)
    if question or comma:
        raise SourceError(f"{uri}: only the test camera takes options; use picam:, picam:1 or picam:imx708")
    if name.isdecimal():
        return Address(int(name))
    return Address(name or 0)
