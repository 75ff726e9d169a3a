"""The OpenMemory server that most of these tests run over."""

from collections.abc import Iterator

import pytest

from tests.support.openmemory.server import OpenMemoryServer


@pytest.fixture
def openmemory() -> Iterator[OpenMemoryServer]:
    """A running OpenMemory server."""
    with OpenMemoryServer().serving() as server:
        yield server
