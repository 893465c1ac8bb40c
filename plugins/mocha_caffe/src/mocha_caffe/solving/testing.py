"""Tests during a training, as Caffe does them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocha_core.coffee import Progress, Trigger, ValidationPerformance
from mocha_core.log import logger
from mocha_core.specs import spec

if TYPE_CHECKING:
    from mocha_core.coffee import CoffeeLounge
    from mocha_core.net import Net
    from mocha_core.solvers import SolverState


@spec
class Interval(Trigger):
    """Every n iterations, at the start only if `first`: Caffe's `test_interval` and `test_initialization`.

    >>> [i for i in range(5) if Interval(2, first=False).due(Progress(iteration=i))]
    [2, 4]
    """

    n: int
    first: bool = True

    def due(self, progress: Progress) -> bool:
        return progress.iteration % self.n == 0 and (self.first or progress.iteration > 0)


class CaffeTest(ValidationPerformance):
    """Runs `batches` batches through a net to test, logs the means in Caffe's lines and records them in the lounge.

    Every test sees the same batches, the first ones of the data; Caffe's goes on where the one before stopped.

    net: built with `phase="test"`, sharing the parameters of the one in training.
    number: of the net; the statistics of all but net 0 get names such as `test1/accuracy`.
    """

    def __init__(self, net: Net, batches: int, number: int = 0, show_loss: bool = False) -> None:
        ValidationPerformance.__init__(self, net)
        self.batches, self.number, self.show_loss = batches, number, show_loss

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        logger.info("Iteration %d, Testing net (#%d)", state.iter, self.number)
        self.rewind()
        loss = run_batches(self.net, self.batches)
        if self.show_loss:
            logger.info("Test loss: %.6g", loss)
        for index, (name, value) in enumerate(outputs(self.net).items()):
            logger.info("    Test net output #%d: %s", index, scored(self.net, name, value))
        for name, value in self.net.statistics().items():
            lounge.update_statistics(name if self.number == 0 else f"test{self.number}/{name}", value)
        for listener in self.listeners:
            listener(lounge, net, state)


def run_batches(net: Net, batches: int) -> float:
    """Run so many batches with fresh statistics; the mean objective."""
    net.reset_statistics()
    return sum(net.forward() for _ in range(batches)) / batches


def scored(net: Net, name: str, value: float) -> str:
    """One of the `outputs` in Caffe's words; of a loss also what it adds to the objective, if it counts at all."""
    weight = next((layer.loss_weight for layer in net.layers if layer.traits.loss and layer.name == name), 0.0)
    adds = f" (* {weight:.6g} = {weight * value:.6g} loss)" if weight else ""
    return f"{name} = {value:.6g}{adds}"


def outputs(net: Net) -> dict[str, float]:
    """The statistics since the last reset as Caffe would call them: by the layer's name where it has only one."""
    values, layers = net.statistics(), [layer.name for layer in net.layers if layer.traits.stats]
    owners = {key: max((n for n in layers if key.startswith(f"{n}-")), key=len, default=key) for key in values}
    counts = {name: list(owners.values()).count(name) for name in owners.values()}
    return {owners[key] if counts[owners[key]] == 1 else key: value for key, value in values.items()}
