"""OpenMemory's SDK in tests: whether it is there, and a process in which it has nothing open yet."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from projector.engines.openmemory.sdk import process as openmemory_process
from projector.engines.openmemory.sdk.install import missing_modules

needs_sdk = pytest.mark.skipif(
    bool(missing_modules()), reason=f"OpenMemory's SDK is not here: {', '.join(missing_modules())} cannot be imported"
)


@contextmanager
def fresh_sdk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the SDK open a file of its own until the block ends, as in a new process; an SDK closes nothing by itself."""
    sdk = openmemory_process.SdkProcess()
    with monkeypatch.context() as patched:
        patched.setattr(openmemory_process, "SDK", sdk)
        try:
            yield
        finally:
            sdk._thread.shutdown()
            _close()


def _close() -> None:
    if "openmemory" in sys.modules:
        from openmemory.core.db import db

        if db.conn is not None:
            db.conn.close()
            db.conn = None
