"""Stopping when a statistic no longer gets better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..errors import OptionError, SolverError
from ..log import logger
from .coffee_break import Coffee
from .triggers import not_negative, whole_number

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge

Mode = Literal["min", "max"]


@dataclass(frozen=True, slots=True)
class StoppingResult:
    """What `EarlyStopping` found.

    best_value, best_iteration: the best value seen and the number of updates it was reached with; None before any.
    checks_since: how many values came after it.   seen: the iteration of the last value.
    """

    best_value: float | None = None
    best_iteration: int | None = None
    checks_since: int = 0
    seen: int = -1


class EarlyStopping(Coffee):
    """Stops the training when a statistic has not become better for `patience` values in a row.

    key: a statistic that another break records, such as "test-accuracy"; add this break after that one, with the same
    frequency. Or one of the solver's own numbers: "obj_val", the name of a loss layer.
    mode: "min" if low values are good, "max" if high ones are.   min_delta: what counts as better, beyond equality.
    restore_best: when the training has ended, for whatever reason, the net has the parameters of the best value; they
    are kept in memory, and in snapshots, which become larger by the size of the model. A `solve` that goes on does so
    from those parameters, with its patience anew. Where the solver has a `Snapshot` break, they are also written to
    `best.h5` in its folder, a model file; the newest snapshot has those of the last iteration.

    After the training, `result` is a `StoppingResult`, and `solver.state.stop_reason` tells whether it was stopped.

    >>> from mocha_core import EarlyStopping
    >>> EarlyStopping("test-accuracy", "max", patience=3).result.best_iteration is None
    True
    """

    def __init__(
        self, key: str, mode: Mode, patience: int = 10, *, min_delta: float = 0.0, restore_best: bool = True
    ) -> None:
        if mode not in get_args(Mode):
            raise OptionError(f'EarlyStopping: mode is "min" or "max", whichever is good for {key!r}, not {mode!r}')
        self.key, self.mode, self.restore_best = key, mode, restore_best
        self.min_delta = not_negative("EarlyStopping: min_delta", min_delta)
        self.patience = whole_number("EarlyStopping: patience", patience)
        self.result = StoppingResult()
        self._best: dict[str, Any] = {}
        self._file: Path | None = None
        self._training: SolverState | None = None
        self._waited_in_vain = 0

    def init(self, net: Net, state: SolverState) -> None:
        """A training that goes on gets its patience anew; another one starts from nothing."""
        if state is self._training:
            self.result = replace(self.result, checks_since=0)
        else:
            self.result, self._best = StoppingResult(seen=state.iter - 1), {}
        self._training, self._waited_in_vain = state, 0

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self._file = _beside_snapshots(lounge)
        value = self._news(lounge, state)
        if value is not None:
            self._judge(value, net, state.iter)
        if self.result.checks_since >= self.patience:
            state.stop(f"{self.key} {self._found()}")

    def finish(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self._file = _beside_snapshots(lounge)

    def destroy(self, net: Net) -> None:
        """Give the net its best parameters, if they were kept, and write them beside the snapshots."""
        from ..io.model_file import save_network

        if not self._best:
            return
        for parameter in net.all_parameters:
            if parameter.path in self._best:
                parameter.load(self._best[parameter.path])
        told = f"{self.key} was {self.result.best_value:g}"
        logger.info("The net has the parameters of iteration %s again: %s", self.result.best_iteration, told)
        if self._file is not None:
            save_network(self._file, net)
            logger.info("They are in %s; the newest snapshot has those of the last iteration", self._file)

    def state(self) -> Mapping[str, Any]:
        return {"of": [self.key, self.mode], "result": asdict(self.result), "parameters": self._best}

    def takes(self, state: Mapping[str, Any]) -> bool:
        """What was found of another statistic is of no use."""
        return bool(state["of"] == [self.key, self.mode])

    def restore(self, state: Mapping[str, Any]) -> None:
        self.result = StoppingResult(**state["result"])
        self._best = dict(state["parameters"]) if self.restore_best else {}

    def _news(self, lounge: CoffeeLounge, state: SolverState) -> float | None:
        """The value of this iteration, unless it was seen before; None if there is none."""
        if self.key in state.names:
            return state.value(self.key) if state.iter > self.result.seen else None
        records = lounge.get_statistics(self.key)
        newest = max((i for i in records if self.result.seen < i <= state.iter), default=None)
        if newest is None:
            self._tell_if_unknown(lounge, state)
            return None
        if newest < state.iter:
            raise SolverError(
                f"EarlyStopping looks at {self.key!r} of iteration {newest} only now, at iteration {state.iter}, when "
                f"the net is another already; add it after the break that records {self.key!r}, with every_n_iter=1"
            )
        return records[newest]

    def _judge(self, value: float, net: Net, iteration: int) -> None:
        before = self.result
        if not self._is_better(value):
            self.result = replace(before, checks_since=before.checks_since + 1, seen=iteration)
            return
        self.result = StoppingResult(value, iteration, 0, iteration)
        if self.restore_best:
            self._best = {p.path: p.blob.to_array() for p in net.all_parameters}

    def _found(self) -> str:
        found = self.result
        if found.best_value is None:
            return f"was NaN {found.checks_since} times in a row, and never a number"
        return f"was best ({found.best_value:g}) at iteration {found.best_iteration}"

    def _is_better(self, value: float) -> bool:
        """NaN never is."""
        if self.result.best_value is None:
            return not math.isnan(value)
        gain = value - self.result.best_value if self.mode == "max" else self.result.best_value - value
        return gain > self.min_delta

    def _tell_if_unknown(self, lounge: CoffeeLounge, state: SolverState) -> None:
        """Warn once of a name that nobody has recorded for a while."""
        self._waited_in_vain += self.key not in lounge.statistics
        if self._waited_in_vain == self.patience:
            known = ", ".join(sorted({*lounge.statistics, *state.names} - {"iter"}))
            logger.warning("EarlyStopping waits for %r, which no break has recorded; known are: %s", self.key, known)
            self._waited_in_vain += 1


def _beside_snapshots(lounge: CoffeeLounge) -> Path | None:
    from ..io.aside import BEST

    return next((folder / BEST for folder in lounge.snapshot_folders), None)
