"""The coffee-break contract: what to do now and then while a solver works."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .triggers import Trigger

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.policy import Policy
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


class Coffee(ABC):
    """Something done in a coffee break. A new one overrides `enjoy`, and of the rest what it needs.

    folder: where the snapshots that it writes go; `load_from` may name that folder before it exists.
    steers: the policy whose value depends on what this break finds.

    >>> from mocha_core import Coffee
    >>> class Shout(Coffee):
    ...     def enjoy(self, lounge, net, state):
    ...         lounge.update_statistics("loudness", state.obj_val)
    """

    folder: Path | None = None
    steers: Policy | None = None

    def prepare(self, net: Net, state: SolverState) -> None:  # noqa: B027 (most breaks leave the net as it is)
        """Before the first forward: do to the net what that forward depends on. Nothing to be undone by `destroy`."""

    def init(self, net: Net, state: SolverState) -> None:  # noqa: B027 (most breaks are ready as made)
        """Before the first update: check options, make folders. An error here ends the training before it begins."""

    @abstractmethod
    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        """The break itself: `state` has `iter`, `obj_val`, `fields`, `losses`; `lounge` keeps statistics.

        `state.stop("reason")` ends the training after the breaks of this iteration.
        """

    def finish(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:  # noqa: B027 (most need no end)
        """After the breaks of the last update, at `max_iter` or where the training was stopped; not after an error."""

    def destroy(self, net: Net) -> None:  # noqa: B027 (most breaks hold nothing)
        """After the last update, whatever ended the training; breaks are destroyed in reverse order."""

    def state(self) -> Mapping[str, Any]:
        """What a resumed training must know, for JSON; NumPy arrays may be among the values. Kept in snapshots."""
        return {}

    def takes(self, state: Mapping[str, Any]) -> bool:
        """Whether `state`, given by a break of this class when a snapshot was taken, is for this one to go on with.

        Of several breaks of one class each gets the first that it takes; they are asked in the order of their adding.
        """
        return True

    def restore(self, state: Mapping[str, Any]) -> None:  # noqa: B027 (goes with `state`)
        """Take back what `state` gave; called after `init`, and only if the snapshot holds what this break `takes`."""


@dataclass(frozen=True, slots=True)
class CoffeeBreak:
    """A coffee, and when it is due."""

    coffee: Coffee
    trigger: Trigger
