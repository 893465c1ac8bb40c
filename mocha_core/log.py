"""The log: a logger named "mocha", configured as users like; visible on standard output if they configured nothing."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

logger = logging.getLogger("mocha")

FORMAT = "%(asctime)s:%(levelname)s:%(name)s: %(message)s"
TIME = "%d-%b %H:%M:%S"


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to whatever `sys.stdout` is at the time; silent once the program configures the root logger."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter(FORMAT, TIME))

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stdout

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            super().emit(record)


def ensure_visible() -> None:
    """Show messages from INFO up on standard output, like `21-Nov 11:56:13:INFO:mocha: ...`.

    Does nothing where the program configured logging itself, be it for "mocha" or for everything.
    """
    if logger.hasHandlers():
        return
    logger.addHandler(_StandardOutput())
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
