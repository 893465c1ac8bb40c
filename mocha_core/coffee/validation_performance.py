"""How well the net does on data it does not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from ..log import logger
from ..plan import PHASES, TEST, TRAIN
from .coffee_break import Coffee

if TYPE_CHECKING:
    from ..layer import Layer
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge

Listener = Callable[["CoffeeLounge", "Net", "SolverState"], None]

RULE = "-" * 57


class ValidationPerformance(Coffee):
    """Runs a validation net through its data once, logs its statistics and records them in the lounge.

    The net shares its parameters with the training net by having equal layers on one backend; one that shares none is
    an `OptionError`, and parameters of its own that nobody loaded are named in a warning. Every validation starts at
    the same place in the data and in the random numbers, so two of them see the same samples and the same noise. The
    net is not closed at the end.

    net: built with `phase="test"`; one of the other phase is an `OptionError`, if a layer does something else in it.
    Never the training net itself, whose position in the data would move.
    exact: every sample counts once; False fills up the last batch with samples from the beginning, which count twice.
    """

    def __init__(self, net: Net, exact: bool = True) -> None:
        if getattr(net, "phase", None) not in PHASES:
            raise OptionError(f"ValidationPerformance needs a net, built with phase='test', not {type(net).__name__}")
        self.net, self.exact = net, exact
        self.listeners: list[Listener] = []
        self._start: tuple[Mapping[str, Any], Mapping[str, int]] | None = None

    def register(self, listener: Listener) -> None:
        """Call `listener(lounge, training_net, state)` after each validation."""
        self.listeners.append(listener)

    def init(self, net: Net, state: SolverState) -> None:
        if self.net is net:
            raise OptionError(
                f"ValidationPerformance was given the training net {net.name!r} itself; build a second net from the "
                f"same layers and other data: Net(..., phase='test')"
            )
        _check_phase(self.net)
        _check_sharing(self.net, net)
        self.net.init()
        self._start = self._start or (self.net.data_state(), self.net.random_state())

    def rewind(self) -> None:
        """Make the next forward of the validation net the first one of a validation."""
        assert self._start is not None
        data, random = self._start
        self.net.restore_data(data)
        self.net.restore_random(random)

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self.rewind()
        self.net.reset_statistics()
        self.net.forward_epoch(exact=self.exact)
        self._log(state.iter)
        for key, value in self.net.statistics().items():
            lounge.update_statistics(key, value)
        for listener in self.listeners:
            listener(lounge, net, state)

    def _log(self, iteration: int) -> None:
        lines = [f"  {line}" for line in self.net.statistic_lines()]
        heading = f"## Performance on Validation Set after {iteration} iterations"
        for line in ("", heading, RULE, *lines, RULE, ""):
            logger.info("%s", line)


def _check_phase(tested: Net) -> None:
    """A test in the train phase would drop out units, and move the running statistics of the net in training."""
    if tested.phase == TEST:
        return
    differing = [layer.name for layer in tested.given if _is_phased(layer)]
    if differing:
        raise OptionError(
            f"ValidationPerformance: net {tested.name!r} was built with phase={tested.phase!r}, in which "
            f"{', '.join(differing)} would not do what is done in testing; build it with phase='test'"
        )


def _is_phased(layer: Layer) -> bool:
    trained = layer.in_phase(TRAIN)
    return trained is not None and (
        trained != layer.in_phase(TEST) or any(part.traits.phased for part in layer.parts())
    )


def _check_sharing(tested: Net, trained: Net) -> None:
    """What a layer remembers from forward to forward is each net's own."""
    shared = {id(parameter) for parameter in trained.all_parameters}
    mine = [parameter for parameter in tested.all_parameters if not parameter.spec.past]
    own = [parameter for parameter in mine if id(parameter) not in shared]
    if own and len(own) == len(mine):
        raise OptionError(
            f"ValidationPerformance: net {tested.name!r} shares no parameter with net {trained.name!r}, so it would "
            f"not test what that one learns; build both of the same layers on one backend, or with one ParameterStore"
        )
    fresh = [parameter.path for parameter in own if not parameter.ready]
    if fresh:
        logger.warning(
            "Net %r tests with initial values of %s, which net %r does not have; give the layers equal names, or load "
            "these parameters",
            *(tested.name, ", ".join(fresh), trained.name),
        )


def register(coffee: ValidationPerformance, listener: Listener) -> None:
    """The manual's spelling of `coffee.register(listener)`."""
    coffee.register(listener)
