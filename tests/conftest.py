"""What all tests share."""

import os

import pytest

from events.process import logging

logging.configure(level="critical")

# Proxies of whoever runs the tests have no say about the loopback.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which memory engines were held to the contract, and why the others were not."""
    # Here, not beside the contract: where workers run the tests, this process loads no other conftest.
    reports = (report for reports in terminalreporter.stats.values() for report in reports)
    if any(getattr(report, "nodeid", "").startswith("tests/contract/engines/") for report in reports):
        from tests.contract.engines.kinds import told_of

        terminalreporter.section("the contract of memory engines")
        for line in told_of():
            terminalreporter.line(line)
