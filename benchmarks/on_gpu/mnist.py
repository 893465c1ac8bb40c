"""LeNet on MNIST until 99 % of the test images are right: seconds of training, validations not counted."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import nets
import numpy as np

import mocha_core as mocha
from mocha_core.data.convert.idx import parse_idx

from .outcome import FAILED, NOT_RUN, PASSED
from .setting import Setting
from .trajectories import SOLVER

LIMIT = 3.0
"""Seconds asked for on an H200."""

TARGET, EVERY, MOST = 0.99, 200, 20_000
"""The accuracy; updates between two validations; updates at most."""

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

Images = tuple[np.ndarray, np.ndarray]


def mnist(setting: Setting, seconds: float, folder: Path | None) -> tuple[str, list[str]]:
    """Train, and validate now and then; the clock stands still while a validation runs."""
    if setting.dry:
        train, test, batch, target, every, most = _patterns(48), _patterns(16), 8, 0.15, 1, 3
    elif folder is None:
        return NOT_RUN, [f"no data: --mnist FOLDER, where {', '.join(FILES)} lie, also as .gz"]
    else:
        train, test, batch, target, every, most = _read(folder, 0), _read(folder, 2), 64, TARGET, EVERY, MOST
    lines, taken, end = list[str](), 0.0, time.monotonic() + seconds
    with setting.open(seed=3) as backend:
        net = mocha.Net("train", backend, _layers(train, batch, "data", True))
        check = mocha.Net("test", backend, _layers(test, min(100, len(test[0])), "test-data", False), phase="test")
        solver = mocha.Solver(mocha.SGD(), {"max_iter": most, **SOLVER})
        with net, check:
            state = mocha.init_solve(solver, net)
            warm = _warm_up(solver, net, state, backend)
            while state.iter < most and time.monotonic() < end:
                taken += _train(solver, net, state, backend, every)
                accuracy = _accuracy(check)
                lines.append(f"* {state.iter} updates, {taken:.3f} s: {accuracy:.2%}")
                if accuracy >= target:
                    break
            mocha.finalize_solve(solver, net, state)
    told = f"{target:.0%} after {state.iter} updates and {taken:.3f} s of training (asked for: {LIMIT} s on an H200)"
    told += f"; before that {warm:.2f} s for compiling kernels and recording graphs, in two updates"
    good = accuracy >= target and (setting.dry or taken <= LIMIT)
    return PASSED if good else FAILED, [told, "", *lines]


def _train(solver: mocha.Solver, net: mocha.Net, state: mocha.SolverState, backend: mocha.Backend, count: int) -> float:
    backend.sync()
    began = time.perf_counter()
    for _ in range(count):
        mocha.onestep_solve(solver, net, state)
    backend.sync()
    return time.perf_counter() - began


def _warm_up(solver: mocha.Solver, net: mocha.Net, state: mocha.SolverState, backend: mocha.Backend) -> float:
    """Two updates; they count as updates, not as time."""
    return _train(solver, net, state, backend, 2)


def _accuracy(net: mocha.Net) -> float:
    net.reset_statistics()
    net.forward_epoch(exact=False)
    return net.statistics()["accuracy-accuracy"]


def _layers(data: Images, batch: int, name: str, train: bool) -> list[mocha.Layer]:
    source = mocha.MemoryDataLayer(name=name, data=list(data), batch_size=batch, shuffle=train)
    body = [layer for layer in nets.lenet(batch) if not layer.traits.source]
    if train:
        return [source, *body]
    accuracy = mocha.AccuracyLayer(name="accuracy", bottoms=["ip2", "label"])
    return [source, *(layer for layer in body if not layer.traits.loss), accuracy]


def _read(folder: Path, first: int) -> Images:
    images, labels = (_idx(folder / name, rank) for name, rank in zip(FILES[first : first + 2], (3, 1), strict=True))
    return (images[:, None] / np.float32(255)).astype(np.float32), labels[:, None].astype(np.float32)


def _idx(path: Path, rank: int) -> np.ndarray:
    packed = path.with_name(path.name + ".gz")
    content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    return parse_idx(path, content, rank)


def _patterns(count: int) -> Images:
    """Images of stripes, another number of them for each class."""
    labels = np.arange(count) % 10
    rows = np.arange(28)[None, :] * (1 + labels[:, None]) // 6 % 2
    images = np.broadcast_to(rows[:, None, :, None], (count, 1, 28, 28))
    return images.astype(np.float32), labels[:, None].astype(np.float32)
