"""The log: visible on standard output where nothing is configured, and only there."""

from __future__ import annotations

import re
import subprocess
import sys

PROGRAM = """
import logging
from mocha_core.log import ensure_visible, logger
{set_up}
ensure_visible()
ensure_visible()
logger.info("hello")
logger.debug("not this")
{afterwards}
"""


def run(set_up: str = "", afterwards: str = "") -> tuple[str, str]:
    code = PROGRAM.format(set_up=set_up, afterwards=afterwards)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ended.stdout, ended.stderr


def test_one_line_on_standard_output():
    out, err = run()
    assert re.fullmatch(r"\d\d-\w+ \d\d:\d\d:\d\d:INFO:mocha: hello\n", out)
    assert err == ""


def test_a_program_that_configures_logging_is_left_alone():
    assert run("logging.basicConfig(level=logging.INFO, format='%(message)s')") == ("", "hello\n")
    assert run("logging.basicConfig(level=logging.WARNING)") == ("", "")


def test_a_level_that_was_chosen_counts():
    assert run("logger.setLevel(logging.WARNING)") == ("", "")


def test_nothing_is_said_twice_if_logging_is_configured_later():
    later = "logging.basicConfig(level=logging.INFO, format='%(message)s'); logger.info('later')"
    out, err = run(afterwards=later)
    assert out.count("\n") == 1
    assert err == "later\n"
