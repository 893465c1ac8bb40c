"""Trainings compared: with the processor's, up to rounding, and graphs with plain calls, bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import nets
import numpy as np
from peers.tables import table

import mocha_core as mocha

from .outcome import FAILED, PASSED
from .setting import Setting

BATCHES = 5

FAR = 0.02
"""How far two trainings may end from each other, as a part of the way that the parameters went."""

RATE, MOMENTUM = mocha.LRPolicy.Inv(0.01, 0.0001, 0.75), mocha.MomPolicy.Fixed(0.9)
SOLVER = {"regu_coef": 0.0005, "lr_policy": RATE, "mom_policy": MOMENTUM}


@dataclass(frozen=True)
class Course:
    """A net of `nets` with this batch, trained for so many updates."""

    net: str
    batch: int
    updates: int


FULL = (
    Course("lenet", 16, 200),
    Course("cifar10_full", 16, 200),
    Course("dropout_mlp", 16, 200),
    Course("small_residual", 16, 200),
    Course("caffenet", 4, 5),
)
TINY = (Course("lenet", 2, 4), Course("dropout_mlp", 2, 3))


@dataclass(frozen=True)
class Training:
    """Parameters before and after, and the objective of each update."""

    before: np.ndarray
    after: np.ndarray
    objectives: tuple[float, ...]


def courses(setting: Setting) -> tuple[Course, ...]:
    return TINY if setting.dry else FULL


def parity(setting: Setting, seconds: float) -> tuple[str, list[str]]:
    """Both trainings of each course begin with the same numbers and draw the same ones."""
    rows, good = [], True
    for course in courses(setting):
        mine, theirs = (trained(course, open_) for open_ in (setting.open, setting.cpu))
        apart = float(np.linalg.norm(mine.after - theirs.after) / np.linalg.norm(theirs.after - theirs.before))
        worst = max(abs(a - b) / max(abs(b), 0.1) for a, b in zip(mine.objectives, theirs.objectives, strict=True))
        good &= apart <= FAR
        rows.append((f"{course.net}, {course.batch}", str(course.updates), f"{apart:.1e}", f"{worst:.1e}"))
    told = f"Apart: |w - w'| at the end over the way |w' - w0|, at most {FAR}; objective: largest relative difference."
    return PASSED if good else FAILED, [told, "", *table(("net, batch", "updates", "apart", "objective"), rows)]


def replay(setting: Setting, seconds: float) -> tuple[str, list[str]]:
    """Each course with graphs and without."""
    rows, good = [], True
    for course in courses(setting):
        runs = [trained(course, partial(setting.open, graphs=graphs)) for graphs in (True, False)]
        same = runs[0].after.tobytes() == runs[1].after.tobytes() and runs[0].objectives == runs[1].objectives
        good &= same
        rows.append((f"{course.net}, {course.batch}", str(course.updates), "the same bits" if same else "they differ"))
    return PASSED if good else FAILED, table(("net, batch", "updates", "with graphs and without"), rows)


def trained(course: Course, open_: Callable[..., mocha.Backend]) -> Training:
    """One training on a backend of its own."""
    with open_(seed=7) as backend, mocha.Net(course.net, backend, layers_of(course)) as net:
        solver = mocha.Solver(mocha.SGD(), {"max_iter": course.updates, **SOLVER})
        state = mocha.init_solve(solver, net)
        before, objectives = _parameters(net), [state.obj_val]
        for _ in range(course.updates):
            mocha.onestep_solve(solver, net, state)
            objectives.append(state.obj_val)
        mocha.finalize_solve(solver, net, state)
        return Training(before, _parameters(net), tuple(objectives))


def layers_of(course: Course) -> list[mocha.Layer]:
    """The net with several batches in random order."""
    data, *others = getattr(nets, course.net)(course.batch)
    x, label = data.data
    rng = np.random.default_rng(1)
    xs = rng.normal(size=(BATCHES * course.batch, *x.shape[1:])).astype(np.float32)
    labels = rng.integers(0, int(label.max()) + 1, (len(xs), 1)).astype(np.float32)
    return [mocha.MemoryDataLayer(name="data", data=[xs, labels], batch_size=course.batch, shuffle=True), *others]


def _parameters(net: mocha.Net) -> np.ndarray:
    return np.concatenate([p.blob.to_array().ravel() for p in net.all_parameters if p.spec.trained]).astype(np.float64)
