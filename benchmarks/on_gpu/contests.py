"""The contests on a GPU, what is asked of each, and the program of one of them."""

from __future__ import annotations

from dataclasses import dataclass

EAGER, COMPILE, GRAPH = "torch eager", "torch compile", "torch graph"
MOCHA = "mocha"
MODES = (EAGER, GRAPH, COMPILE)
"""The slow one to get ready comes last: what is known before it is not lost if it finds no time."""


@dataclass(frozen=True)
class GpuContest:
    """A net of `nets` and `peers.torch_nets` at a batch size.

    must, aim: least training steps a second on an H200; 0 for none.
    over: least ratio of our steps a second to the best rival's, and the ratio aimed at.
    """

    net: str
    batch: int
    must: float
    aim: float
    over: tuple[float, float]

    @property
    def label(self) -> str:
        return f"{self.net}, {self.batch}"


CONTESTS = (
    GpuContest("lenet", 64, 10_000, 20_000, (1.5, 2.5)),
    GpuContest("cifar10_full", 100, 3_000, 6_000, (1.5, 2.5)),
    GpuContest("dropout_mlp", 100, 0, 0, (1.5, 2.5)),
    GpuContest("caffenet", 128, 0, 0, (1.0, 1.2)),
    GpuContest("resnet50", 64, 0, 0, (1.0, 1.2)),
)
TINY = (GpuContest("lenet", 2, 10_000, 20_000, (1.5, 2.5)), GpuContest("small_residual", 2, 0, 0, (1.0, 1.2)))
