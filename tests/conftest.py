"""Shared by all tests: quiet logs, no proxies, little garbage, and the markers and time limit of each test's folder."""

import gc
import os
import signal
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from events.process import logging

logging.configure(level="critical")

# A proxy of the machine must not stand between a test and its own server.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)

# A shell has what it runs in the background ignore SIGINT, and so would each process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# On a busy machine an example may take seconds, and no property is about the clock.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_TESTS = Path(__file__).parent
# How long a test may take before it counts as hanging. An idle machine needs a tenth of it; a starved one, all.
_TIMEOUTS_S = {"contract": 300, "e2e": 300, "golden": 120, "property": 600, "unit": 120}
_MARKERS_OF_FOLDERS = {"contract/engines": ("slow", "server"), "e2e": ("slow", "server"), "property": ("slow",)}
_MARKERS_OF_FIXTURES = {"strace_works": "strace", "small_disk_works": "root", "powered_disk_works": "root"}


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the markers and the time limit of its folder, and the markers of its fixtures."""
    for item in items:
        markers, timeout_s = _of_file(item.path)
        for marker in markers:
            item.add_marker(marker)
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in _MARKERS_OF_FIXTURES:
                item.add_marker(_MARKERS_OF_FIXTURES[fixture])
        if timeout_s is not None and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(timeout_s))


@cache  # a file may hold a thousand tests
def _of_file(path: Path) -> tuple[list[str], int | None]:
    path = path.relative_to(_TESTS)
    markers = [
        each for folder, several in _MARKERS_OF_FOLDERS.items() if path.is_relative_to(folder) for each in several
    ]
    return markers, _TIMEOUTS_S.get(path.parts[0])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Find tests without looking for garbage among them, which takes a quarter of the time; nor look there later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which memory engines were held to the contract, and why the others were not."""
    # Here, not beside the contract: where workers run the tests, this process loads no other conftest.
    reports = (report for reports in terminalreporter.stats.values() for report in reports)
    if any(getattr(report, "nodeid", "").startswith("tests/contract/engines/") for report in reports):
        from tests.contract.engines.kinds import told_of

        terminalreporter.section("the contract of memory engines")
        for line in told_of():
            terminalreporter.line(line)
