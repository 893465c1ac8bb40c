"""A (layer, backend) pair of which every check was left out fails the run.

The suites report each pair that they are asked about, and each that a check really looked at; at the end of the run the
two lists must be equal. Nothing needs to be set up: the first suite that is collected registers the plugin. Where tests
run in several processes (pytest-xdist), put `pytest_plugins = ["mocha_core.testing.coverage"]` into the root
conftest.py, so that the process that collects the reports knows it too.
"""

from __future__ import annotations

import pytest

ASKED, LOOKED = "mocha: asked about", "mocha: looked at"
PLUGIN = "mocha-testing-coverage"


class PairCoverage:
    """Collects the pairs from the reports of the tests; speaks up at the end."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.looked: set[str] = set()

    @property
    def missing(self) -> list[str]:
        """Pairs, as "layer on backend", that no check looked at."""
        return sorted(self.asked - self.looked)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.asked |= {str(pair) for kind, pair in report.user_properties if kind == ASKED}
        self.looked |= {str(pair) for kind, pair in report.user_properties if kind == LOOKED}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.missing:
            terminalreporter.section("layers that no check looked at", red=True)
            terminalreporter.line("\n".join(self.missing))


def pytest_configure(config: pytest.Config) -> None:
    """Called when this module is named in `pytest_plugins`, and by the suites."""
    if not config.pluginmanager.has_plugin(PLUGIN):
        config.pluginmanager.register(PairCoverage(), PLUGIN)


def asked(node: pytest.Item, layer: str, backend: str) -> None:
    """A test is about to check this pair."""
    node.user_properties.append((ASKED, f"{layer} on {backend}"))


def looked(node: pytest.Item, layer: str, backend: str) -> None:
    """A check has looked at this pair."""
    node.user_properties.append((LOOKED, f"{layer} on {backend}"))
