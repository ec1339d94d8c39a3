from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.archive.bed import make_bucket, s3_server
from tests.archive.gate import Gate, gate


@pytest.fixture(scope="session")
def s3() -> Iterator[int]:
    with s3_server() as port:
        yield port


@pytest.fixture
def bucket_name(s3: int, request: pytest.FixtureRequest) -> str:
    """A bucket of the test's own."""
    name = f"b{abs(hash(request.node.nodeid)) % 10**12}"
    make_bucket(s3, name)
    return name


@pytest.fixture
def bad_way(s3: int) -> Iterator[Gate]:
    """The way to the storage, on which requests may fail."""
    with gate(s3) as opened:
        yield opened
