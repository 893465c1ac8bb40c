"""The steps that a net runs now, for the layers that are frozen now."""

from __future__ import annotations

from collections.abc import Collection

from ..backend import Backend
from ..errors import OptionError, TopologyError, suggest
from .wiring import Wirer, Wiring


class Program:
    """Bound and compiled steps of both directions. Freezing layers wires them anew; memory stays where it is.

    revision: grows whenever what backward gives gradients for has changed.
    """

    def __init__(self, backend: Backend, wirer: Wirer) -> None:
        self.backend, self.wirer = backend, wirer
        self.frozen: frozenset[str] = frozenset()
        self.revision = 0
        self._wire()

    def _wire(self) -> None:
        self.wiring: Wiring = self.wirer.wire(self.frozen)
        self.forward = self.backend.compile([step.call for step in self.wiring.forward])
        self.backward = self.backend.compile([step.call for step in self.wiring.backward])

    def freeze(self, frozen: Collection[str]) -> None:
        """Freeze exactly these layers."""
        if frozenset(frozen) != self.frozen:
            self.frozen = frozenset(frozen)
            self.revision += 1
            self._wire()

    def known(self, names: Collection[str]) -> frozenset[str]:
        """`names`, all of which must be layers of the net."""
        layers = [node.layer.name for node in self.wirer.graph.nodes]
        for name in names:
            if name not in layers:
                raise OptionError(f"the net has no layer {name!r} to freeze{suggest(name, layers)}")
        return frozenset(names)

    def with_parameters(self) -> frozenset[str]:
        """Names of the layers that have parameters."""
        graph = self.wirer.graph
        return frozenset(node.layer.name for node, plan in zip(graph.nodes, graph.plans, strict=True) if plan.params)

    def check_learning(self) -> None:
        """Raise `TopologyError` for a net without a loss, or a layer with parameters that no loss depends on."""
        learning = {trainable.parameter.path for trainable in self.wiring.trainable}
        for index, node in enumerate(self.wirer.graph.nodes):
            mine = self.wirer.parameters[index].values()
            if node.layer.name not in self.frozen and any(p.spec.trained and p.path not in learning for p in mine):
                raise TopologyError(
                    f"layer {node.layer.name!r} has parameters, but no loss depends on its tops "
                    f"{', '.join(node.layer.tops)}; add a loss above it, freeze it, or leave it out"
                )
        if not any(node.layer.traits.loss for node in self.wirer.graph.nodes):
            raise TopologyError("the net has no loss, so there is nothing to learn; add a SoftmaxLossLayer, say")
