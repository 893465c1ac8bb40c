"""Statistics for TensorBoard."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OptionError
from ..io.events import scalars_event, start_event, step_of, version_event
from ..io.tfrecord import framed, records
from ..log import logger
from .writer import Sink, Writer

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState

NAME = "events.out.tfevents.mocha.{:06d}"
"""TensorBoard reads every file with `tfevents` in its name, in the order of the names."""

PATTERN = NAME.partition("{")[0] + "[0-9]" * 6


class TensorBoardWriter(Writer):
    """Writes what the lounge records as scalars for TensorBoard (`tensorboard --logdir runs`), which need not be here.

    directory: made if it is missing; one for each training. A resumed training removes what came after its snapshot and
    goes on in a new file; a fresh one removes the event files of an older training there, with a warning. Files of
    other programs are left alone. TensorBoard's numbers have 32 bits.

    >>> from mocha_core import TensorBoardWriter
    >>> TensorBoardWriter("runs/lenet").directory.name
    'lenet'
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        super().__init__()
        self.directory = Path(directory)

    def init(self, net: Net, state: SolverState) -> None:
        super().init(net, state)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OptionError(
                f"TensorBoardWriter cannot make the folder {self.directory}: {error.strerror}; name another"
            ) from error

    def open(self, first: int) -> Sink:
        old = sorted(self.directory.glob(PATTERN))
        if old and first == 0:
            logger.warning("Overwriting the TensorBoard events of an older training in %s", self.directory)
        self.next = max((_cut(path, first) for path in old), default=0)
        number = int(old[-1].name.rpartition(".")[2]) + 1 if old else 0
        return _Events(self.directory / NAME.format(number), self.next)


class _Events(Sink):
    def __init__(self, path: Path, first: int) -> None:
        self._file = path.open("xb", buffering=0)
        self._add(version_event(time.time()))
        self._add(start_event(time.time(), first))

    def log(self, iteration: int, values: Mapping[str, float]) -> None:
        self._add(scalars_event(time.time(), iteration, values))

    def close(self) -> None:
        self._file.close()

    def _add(self, event: bytes) -> None:
        self._file.write(framed(event))


def _cut(path: Path, first: int) -> int:
    """Remove the events from step `first` on, and what is damaged; the file itself, if nothing is left.

    Returns the step behind the last that is kept.
    """
    keep, behind = 0, 0
    for end, event in records(path):
        step, has_scalars = step_of(event)
        if step >= first:
            break
        keep, behind = end, step + 1 if has_scalars else behind
    if keep == 0:
        path.unlink()
    elif keep < path.stat().st_size:
        with path.open("rb+") as file:
            file.truncate(keep)
    return behind
