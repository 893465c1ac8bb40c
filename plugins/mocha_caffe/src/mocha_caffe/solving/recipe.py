"""What a solver prototxt says, in Mocha's terms."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mocha_core.errors import OptionError
from mocha_core.solvers import SolverMethod, SolverParameters

from ..formats import Message, describe_unknown, read_solver
from .methods import parameters_of
from .nets import NamedNet, Nets, NetToTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A solver prototxt: how to train which net, how to test, and when to save.

    message: all its fields, floats rounded to single precision as Caffe keeps them.
    params: of Mocha's solver; `params.method` is the method.   train, tests: the nets.
    prefix: what the names of Caffe's snapshots begin with, such as `lenet` in `lenet_iter_5000.caffemodel`.
    notes: fields that mean nothing here.
    """

    path: Path
    message: Message
    params: SolverParameters
    train: NamedNet
    tests: tuple[NetToTest, ...]
    notes: tuple[str, ...] = ()

    @property
    def method(self) -> SolverMethod:
        """The update rule."""
        return self.params.method

    @property
    def prefix(self) -> str:
        """Of Caffe's files."""
        return str(self.message.snapshot_prefix)

    @property
    def folder(self) -> Path:
        """Of Mocha's own snapshots, from which a training that was killed goes on: `<prefix>_snapshots`."""
        return Path(f"{self.prefix}_snapshots")

    @property
    def seed(self) -> int | None:
        """Of random numbers, if the file gives one; Mocha's random numbers are its own."""
        seed = int(self.message.random_seed)
        return seed if seed >= 0 else None


def read_recipe(
    path: str | os.PathLike[str], *, level: int = 0, stages: Sequence[str] = (), max_iter: int | None = None
) -> Recipe:
    """Read a solver prototxt of any age, and the nets that it names.

    Paths in it count from the working directory, as in Caffe, or, if nothing is there, from its own folder.
    level, stages: for the net to train, on top of the file's train_state.   max_iter: instead of the file's.
    Raises `MochaError` that names file and line for what Caffe refuses or Mocha cannot do.
    """
    file = Path(path)
    message = read_solver(file)
    if max_iter is not None and "max_iter" not in message:
        message.max_iter = max_iter
    _check(message)
    params, nets = parameters_of(message), Nets(message, file)
    return Recipe(
        path=file,
        message=message,
        params=params if max_iter is None else params.replace(max_iter=max_iter),
        train=nets.to_train(level, stages),
        tests=nets.to_test(),
        notes=tuple(_notes(message)),
    )


def _check(message: Message) -> None:
    for name in ("snapshot", "display", "test_interval"):
        if getattr(message, name) < 0:
            raise OptionError(f"{message.place}: {name} is a number of iterations, at least 0")


def _notes(message: Message) -> Iterator[str]:
    yield from describe_unknown(message)
    if message.snapshot_diff:
        yield "snapshot_diff: gradients are not saved"
    if message.debug_info:
        yield "debug_info: nothing is printed blob by blob; Net(..., keep='all') lets blobs be read after each step"
