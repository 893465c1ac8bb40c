"""A kernel that takes as long as a test says, by a clock that the test winds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from mocha_core import PowerLayer
from mocha_core.blob import BlobSpec
from mocha_core.kernel import Accept, Binding, Decline, Kernel, LayerState, Scratch, Site
from mocha_cython import CythonBackend
from mocha_cython.tuning import Decision, Settings, Tunable, Tuner
from mocha_cython.tuning.store import Store

NUM = 100


class Clock:
    """Seconds pass when a kernel works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Toy(Tunable):
    """Forward has a pace, backward another; `costs` says what each takes. A pace of 0 is refused."""

    clock: ClassVar[Clock]
    costs: ClassVar[dict[str, float]]
    calls: ClassVar[Counter[str]]

    @classmethod
    def decisions(cls, backend: Any, site: Site) -> Sequence[Decision]:
        paces = ({"pace": 1}, {"pace": 2}, {"pace": 3}, {"pace": 0})
        return Decision("forward", paces), Decision("bottoms", ({}, {"back": "fast"}))

    @classmethod
    def accepts(cls, backend: Any, site: Site, settings: Settings = {}) -> Accept | Decline:  # noqa: B006
        pace = settings.get("pace", 1)
        return Accept((Scratch(BlobSpec((int(pace),))),)) if pace else Decline("stands still")

    def __init__(self, backend: Any, state: LayerState, settings: Settings = {}) -> None:  # noqa: B006
        assert state.scratch[0].shape == (settings.get("pace", 1),)
        self.state, self.settings = state, settings

    def forward(self) -> None:
        self._work(f"pace={self.settings.get('pace', 1)}")
        self.state.tops[0].array[...] = self.state.bottoms[0].array

    def backward(self) -> None:
        self._work(f"back={self.settings.get('back', 'slow')}")

    def _work(self, what: str) -> None:
        self.calls[what] += 1
        self.clock.now += self.costs[what]


class Rival(Kernel):
    """Another package's kernel."""

    def __init__(self, backend: Any, state: LayerState) -> None: ...

    def forward(self) -> None:
        Toy.clock.now += Toy.costs["rival"]

    def backward(self) -> None:
        Toy.clock.now += Toy.costs["rival"]


def wind(**costs: float) -> None:
    """A new clock, and what each way of working takes."""
    usual = {"pace=1": 1e-3, "pace=2": 1e-3, "pace=3": 1e-3, "back=slow": 1e-3, "back=fast": 1e-3, "rival": 1.0}
    Toy.clock, Toy.calls = Clock(), Counter()
    Toy.costs = usual | {name.replace("_", "="): seconds for name, seconds in costs.items()}


def tuned_backend(path: Path | None, machine: str = "this one", *, kernel: type[Kernel] = Toy) -> CythonBackend:
    """A backend whose only kernels are a toy and a rival, with choices kept at `path`."""
    backend = CythonBackend(threads=2)
    backend.tuner = Tuner(backend, Store(path, {"processor": machine}), Toy.clock)
    backend.registry.tiers = ((Binding(PowerLayer, kernel),), (Binding(PowerLayer, Rival),))
    return backend


def site(features: int = 1000, *, backward: bool = True, name: str = "toy") -> Site:
    """Where the toy shall work."""
    layer = PowerLayer(name=name, power=2, bottoms=["x"], tops=["y"])
    bottoms = (BlobSpec((NUM, features)),)
    return Site(layer, layer.plan(bottoms), bottoms, "train" if backward else "test", "float32", (backward,))
