"""Caffe's files of a training, and Mocha's own snapshot beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mocha_core.coffee import Coffee, Snapshot
from mocha_core.errors import OptionError
from mocha_core.log import logger

from ..weights.saving import Saver
from .history import caffe_history
from .rates import CaffeLR
from .state_file import write_state

if TYPE_CHECKING:
    from mocha_core.coffee import CoffeeLounge
    from mocha_core.net import Net
    from mocha_core.solvers import SolverState

KEPT = 3
"""Of Mocha's own snapshots: they are for going on after an interruption."""
SUFFIX = {"BINARYPROTO": "", "HDF5": ".h5"}


class CaffeSnapshot(Coffee):
    """Writes `<prefix>_iter_<N>.caffemodel` and `.solverstate`, and `<prefix>_snapshots/snapshot-<N>.h5` of Mocha.

    To be taken every iteration, as the last of the breaks; it writes every `every` of them (0: not in between), and,
    if `at_end`, when training ends or is stopped. Mocha keeps the newest three of its own, which hold the position in
    the data and all else that a training needs to go on bit for bit; Caffe's are all kept.

    saver: writes the weights of the net.   form: "BINARYPROTO", or "HDF5" for files that end in .h5.
    """

    def __init__(self, saver: Saver, prefix: str, every: int, at_end: bool = True, form: str = "BINARYPROTO") -> None:
        if form not in SUFFIX:
            raise OptionError(f"snapshot_format is {' or '.join(SUFFIX)}, not {form}")
        self.saver, self.prefix, self.every, self.at_end = saver, prefix, every, at_end
        self.suffix = SUFFIX[form]
        self.folder: Path = Path(f"{prefix}_snapshots")
        self._own = Snapshot(self.folder, keep=KEPT)
        self._asked = False

    def ask(self) -> None:
        """Write when this iteration's breaks come to this one, whatever the number."""
        self._asked = True

    def init(self, net: Net, state: SolverState) -> None:
        self._own.init(net, state)
        self.saver.check(net)

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        if self._asked or (self.every and state.iter % self.every == 0 and state.iter > 0):
            self._save(lounge, net, state)
        self._asked = False

    def finish(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        if self.at_end:
            self._save(lounge, net, state)

    def _save(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        if not self._own.holds(state):
            self._write(state)
            self._own.enjoy(lounge, net, state)

    def _write(self, state: SolverState) -> None:
        stem = f"{self.prefix}_iter_{state.iter}"
        model, solver = f"{stem}.caffemodel{self.suffix}", f"{stem}.solverstate{self.suffix}"
        logger.info("Snapshotting to %s and %s", model, solver)
        self.saver.save(model, state.net)
        policy = state.params["lr_policy"]
        step = policy.step(state.iter) if isinstance(policy, CaffeLR) else 0
        history = caffe_history(state, self.saver.model)
        write_state(solver, iteration=state.iter, learned_net=model, history=history, current_step=step)
