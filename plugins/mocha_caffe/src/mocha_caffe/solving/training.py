"""A training as a solver prototxt wants it, ready to run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from mocha_core.backend import Backend
from mocha_core.coffee import CoffeeBreak, EveryIter
from mocha_core.default_backend import DefaultBackend
from mocha_core.errors import OptionError
from mocha_core.log import ensure_visible, logger
from mocha_core.net import Net
from mocha_core.parameters import ParameterStore
from mocha_core.plan import TEST, TRAIN
from mocha_core.solvers import Solver

from ..importer import CaffeModel
from ..weights.saving import Saver
from .breaks import add_breaks
from .files import find
from .idle import idle_layers, idle_parameters
from .recipe import Recipe, read_recipe
from .resuming import resume
from .sharing import like_trained
from .signals import Signals
from .snapshots import CaffeSnapshot

PathLike = str | os.PathLike[str]


class Training:
    """A solver with its net and its nets to test, on one backend; a context manager that closes the nets.

    solver: Mocha's, with coffee breaks for display, tests and snapshots; add others as to any.
    snapshot: the break that writes snapshots, if the recipe wants any.
    """

    def __init__(self, recipe: Recipe, backend: Backend, dtype: str = "float32") -> None:
        self.recipe, self.backend = recipe, backend
        self.store = ParameterStore(backend)
        self.model = CaffeModel(recipe.train.model(), has_weights=False)
        self.net = self._trained(dtype)
        self.test_nets = tuple(self._tested(index, dtype) for index in range(len(recipe.tests)))
        self.solver = Solver(recipe.method, recipe.params)
        self.snapshot = self._snapshot()
        add_breaks(self.solver, recipe, self.test_nets, self.snapshot)

    def load(self, weights: PathLike) -> None:
        """Take the weights of a .caffemodel, or of a file of Mocha's; layers without keep their first values."""
        self.model.load(self.net, Path(weights), allow_missing=True)

    def resume(self, state: PathLike) -> None:
        """Go on from a .solverstate (.h5) of Caffe's, and from the weights that it names."""
        resume(self.solver, self.net, self.model, state)

    def go_on(self) -> None:
        """Begin where the newest of Mocha's snapshots of this training was taken, if there is one."""
        if self.snapshot is not None or self.recipe.folder.is_dir():
            self.solver.params = self.solver.params.replace(load_from=self.recipe.folder)

    def heed_signals(self, **effects: str) -> None:
        """Let signals "stop" the training, take a "snapshot" or do nothing ("none"): SIGINT="stop", say."""
        breaks = self.solver.coffee_lounge.breaks
        place = len(breaks) - (self.snapshot is not None)
        breaks.insert(place, CoffeeBreak(Signals(effects, self.snapshot), EveryIter(1)))

    def solve(self) -> None:
        """Train, test, and save, as the recipe says."""
        self.solver.solve(self.net)

    def close(self) -> None:
        """Close the nets."""
        for net in (self.net, *self.test_nets):
            net.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _trained(self, dtype: str) -> Net:
        found, gradients = self.model.model, self.model.gradients
        net = Net(
            found.name, self.backend, found.layers, phase=TRAIN, dtype=dtype, gradients=gradients, parameters=self.store
        )
        net.freeze(*self.model.frozen)
        idle = idle_layers(net, found)
        if idle:
            logger.info("No loss depends on %s; they do not learn, as in Caffe", ", ".join(idle))
            net.freeze(*idle_parameters(net, found))
        return net

    def _tested(self, index: int, dtype: str) -> Net:
        found = self.recipe.tests[index].net.model()
        layers = like_trained(found.layers, self.model.layers)
        name = f"{found.name}-test{index}"
        return Net(name, self.backend, layers, phase=TEST, dtype=dtype, parameters=self.store)

    def _snapshot(self) -> CaffeSnapshot | None:
        recipe, message = self.recipe, self.recipe.message
        if not message.snapshot and not message.snapshot_after_train:
            return None
        saver = Saver(recipe.train.message, self.model.model, recipe.train.settings)
        form = str(message.snapshot_format)
        return CaffeSnapshot(saver, recipe.prefix, message.snapshot, message.snapshot_after_train, form)


def open_training(
    solver: PathLike,
    *,
    backend: Backend | str | None = None,
    dtype: str = "float32",
    weights: PathLike | Sequence[PathLike] = (),
    state: PathLike | None = None,
    level: int = 0,
    stages: Sequence[str] = (),
    max_iter: int | None = None,
    fresh: bool = False,
) -> Training:
    """The training that a solver prototxt describes; `.solve()` runs it.

    A training that was interrupted goes on from the newest of its own snapshots, in `<snapshot_prefix>_snapshots`;
    with `fresh=True` it begins anew.

    backend: an open backend, or the name of one to open; default: the best that works here, with the file's
    random_seed.   dtype: "float32", or "float64" as in Caffe's double builds.
    weights: .caffemodel files to start from, later ones on top, instead of those that the file names.
    state: a .solverstate to go on from, with the weights that it names.
    level, stages: for the net to train, as of Caffe's command line.   max_iter: instead of the file's.
    """
    ensure_visible()
    given = [weights] if isinstance(weights, str | os.PathLike) else list(weights)
    if state is not None and given:
        raise OptionError("give weights to start from or a state to go on from, not both: a state names its weights")
    recipe = read_recipe(solver, level=level, stages=stages, max_iter=max_iter)
    for note in recipe.notes:
        logger.warning("%s: %s", recipe.path, note)
    training = Training(recipe, _opened(backend, recipe), dtype)
    try:
        _begin(training, given or _named_weights(recipe), state, fresh)
    except BaseException:
        training.close()
        raise
    return training


def _begin(training: Training, weights: Sequence[PathLike], state: PathLike | None, fresh: bool) -> None:
    for path in weights:
        training.load(path)
    if state is not None:
        training.resume(state)
    elif not fresh:
        training.go_on()


def _opened(backend: Backend | str | None, recipe: Recipe) -> Backend:
    if isinstance(backend, Backend):
        return backend
    return DefaultBackend(backend, **({} if recipe.seed is None else {"seed": recipe.seed}))


def _named_weights(recipe: Recipe) -> list[Path]:
    """Those of the file; one line of it may name several with commas between."""
    message, folder = recipe.message, recipe.path.parent
    named = [name.strip() for line in message.weights for name in line.split(",") if name.strip()]
    return [find(name, f"{message.place}: weights", folder) for name in named]
