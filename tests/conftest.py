"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.process import logging
from tests.contract.engines import told_of
from tests.e2e.servers import Site

logging.configure(level="critical")

# Proxies of whoever runs the tests have no say about the loopback.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation that nobody has called yet."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose two processes run for all tests of a module."""
    site = Site(tmp_path_factory.mktemp("site"))
    with site.ingress(), site.projector():
        yield site


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which memory engines were held to the contract, and why the others were not."""
    reports = (report for reports in terminalreporter.stats.values() for report in reports)
    if any(getattr(report, "nodeid", "").startswith("tests/contract/") for report in reports):
        terminalreporter.section("the contract of memory engines")
        for line in told_of():
            terminalreporter.line(line)
