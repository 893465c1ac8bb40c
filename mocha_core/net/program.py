"""The steps that a net runs now, for the layers that are frozen now, and what they have run."""

from __future__ import annotations

from collections.abc import Collection

from ..backend import Backend
from ..blob import Awaited
from ..errors import OptionError, SolverError, TopologyError, suggest
from ..log import logger
from ..plan import TEST
from .building import Built
from .freezing import Frozen
from .wiring import Wiring


class Program:
    """Bound and compiled steps of both directions. Freezing layers wires them anew; memory stays where it is.

    name: the net's.   frozen: what the user named.   held: what that means.
    revision: grows whenever what backward gives gradients for has changed.
    """

    def __init__(self, name: str, backend: Backend, built: Built) -> None:
        self.name, self.backend, self.built, self.wirer = name, backend, built, built.wirer
        self.frozen: frozenset[str] = frozenset()
        self.revision = 0
        self._forwarded = Awaited(f"net {name!r} has run no forward; call net.forward() first")
        self._returned = Awaited(f"net {name!r} has run no backward; call net.forward() and net.backward() first")
        self._rested: frozenset[str] = frozenset()
        for blob in self.wirer.values.values():
            blob.awaits = self._forwarded
        for slot in self.wirer.lives.diffs.values():
            self.wirer.blobs[slot].awaits = self._returned
        self._wire()

    def _wire(self) -> None:
        self.held = Frozen.of(self.frozen, self.built.uses, self.built.graph, self.built.parameters)
        self.wiring: Wiring = self.wirer.wire(self.held)
        self.resting = self.wiring.resting
        for trainable in self.wiring.trainable:
            trainable.diff.awaits = self._returned
        self._forward = self.backend.compile([step.call for step in self.wiring.forward])
        self._backward = self.backend.compile([step.call for step in self.wiring.backward])

    def forward(self) -> None:
        """The batch that lies in the net's blobs."""
        self._forward()
        self.note_forward()

    def backward(self) -> None:
        """Gradients of the last forward."""
        self._backward()
        self._returned.done = True

    def note_forward(self) -> None:
        """The steps of a forward have run, as a part of a larger program perhaps."""
        self._forwarded.done, self._rested = True, self.resting

    def note_step(self) -> None:
        """Those of a backward, and then of a forward."""
        self._returned.done = True
        self.note_forward()

    @property
    def outdated(self) -> bool:
        """Whether layers would compute otherwise now than in the last forward, because they were frozen or thawed."""
        return self._forwarded.done and self._rested != self.resting

    def check_backward(self) -> None:
        """Raise `SolverError` if there is no forward that backward could begin from."""
        self._check_phase()
        if not self._forwarded.done:
            raise SolverError(f"{self._forwarded.advice}, then net.backward()")
        if self.outdated:
            changed = ", ".join(repr(name) for name in sorted(self._rested ^ self.resting))
            raise SolverError(
                f"net {self.name!r}: the running averages of {changed} were frozen or thawed after the last forward, "
                f"which would be another one now; call net.forward() again, then net.backward()"
            )

    def _check_phase(self) -> None:
        if self.wirer.graph.phase == TEST:
            raise SolverError(f"net {self.name!r} was built with phase='test' and has no backward; use phase='train'")

    def freeze(self, frozen: Collection[str]) -> None:
        """Freeze exactly these layers and parameters."""
        if frozenset(frozen) != self.frozen:
            self.frozen = frozenset(frozen)
            self.revision += 1
            self._wire()

    def known(self, names: Collection[str]) -> frozenset[str]:
        """`names`, all of which must be layers that the user gave, or parameters to train."""
        layers = self.built.uses
        paths = {p.path for mine in layers.values() for p in mine if p.spec.trained}
        for name in names:
            if name not in layers and name not in paths:
                raise OptionError(f"the net has no layer {name!r} to freeze{suggest(name, layers)}")
        return frozenset(names)

    def with_parameters(self) -> frozenset[str]:
        """Names of the layers that have parameters."""
        return frozenset(name for name, mine in self.built.uses.items() if mine)

    def check_learning(self) -> None:
        """Raise `TopologyError` for a net without a loss, or a layer with parameters that no loss depends on.

        A net for testing is a `SolverError`. Says which layers that are not frozen share parameters with one that is.
        """
        self._check_phase()
        cared_for = {trainable.parameter.path for trainable in self.wiring.trainable} | self.held.paths
        for node in self.built.drawn.nodes:
            mine = self.built.uses[node.layer.name]
            if any(p.spec.trained and p.path not in cared_for for p in mine):
                raise TopologyError(
                    f"layer {node.layer.name!r} has parameters, but no loss depends on its tops "
                    f"{', '.join(name for name, _ in node.writes)}; add a loss above it, freeze it, or leave it out"
                )
        if not any(node.layer.traits.loss for node in self.built.drawn.nodes):
            raise TopologyError("the net has no loss, so there is nothing to learn; add a SoftmaxLossLayer, say")
        for name, paths in self.held.shared.items():
            said = ", ".join(sorted(paths))
            logger.info("Layer %r is not frozen, but a frozen layer shares %s with it, which stays as is", name, said)
