"""OpenMemory's SDK in tests: whether it is installed, and how successive tests each open a file of their own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from projector.engines.openmemory.sdk.install import missing_modules
from projector.engines.openmemory.sdk.process import SdkProcess

needs_sdk = pytest.mark.skipif(
    bool(missing_modules()), reason=f"OpenMemory's SDK is not here: {', '.join(missing_modules())} cannot be imported"
)


@contextmanager
def released(sdk: SdkProcess) -> Iterator[SdkProcess]:
    """Make the SDK release its file when the block ends, as the end of a process would; it closes nothing itself."""
    try:
        yield sdk
    finally:
        sdk._thread.shutdown()
        _close()


def _close() -> None:
    if "openmemory" in sys.modules:
        from openmemory.core.db import db

        if db.conn is not None:
            db.conn.close()
            db.conn = None
