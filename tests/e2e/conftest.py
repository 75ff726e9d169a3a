"""What end-to-end tests share: whether what they need of the machine is there."""

import pytest

from tests.e2e import small_disk, strace


@pytest.fixture(scope="session")
def strace_works() -> None:
    """Skip where strace is missing, or may not look at our servers."""
    if reason := strace.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def small_disk_works() -> None:
    """Skip where we may not mount a small disk."""
    if reason := small_disk.why_not():
        pytest.skip(reason)
