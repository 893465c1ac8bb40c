"""What loading costs: training steps of LeNet on data from HDF5 files, beside the same from memory.

Times on a shared machine mean little; the ratios of medians, taken in alternating rounds, mean more.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nets
import numpy as np

import mocha_core as mocha

SAMPLES, BATCH = 60_000, 64


def digits() -> tuple[np.ndarray, np.ndarray]:
    """As many images as MNIST has, mostly black, and labels."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (SAMPLES, 1, 28, 28), np.uint8)
    pixels[rng.random((SAMPLES, 1, 28, 28)) < 0.8] = 0
    return (pixels / np.float32(256)), rng.integers(0, 10, (SAMPLES, 1)).astype(np.float32)


def write(folder: Path, name: str, arrays: tuple[np.ndarray, np.ndarray], **options: Any) -> str:
    """An HDF5 file and its list; the list."""
    with h5py.File(folder / f"{name}.h5", "w") as file:
        for key, array in zip(("data", "label"), arrays, strict=True):
            file.create_dataset(key, data=array, **options)
    listing = folder / f"{name}.txt"
    listing.write_text(f"{name}.h5\n")
    return str(listing)


def layers_of_data(folder: Path, chunk_size: int) -> dict[str, mocha.Layer]:
    """One data layer per way of loading; all shuffle."""
    arrays = digits()
    plain = write(folder, "plain", arrays)
    packed = write(folder, "packed", arrays, chunks=True, compression="gzip")
    options = {"name": "data", "batch_size": BATCH, "shuffle": True}
    in_files = {**options, "chunk_size": chunk_size}
    return {
        "memory": mocha.MemoryDataLayer(data=list(arrays), **options),
        "async": mocha.AsyncHDF5DataLayer(source=plain, **in_files),
        "async, gzip": mocha.AsyncHDF5DataLayer(source=packed, **in_files),
        "hdf5": mocha.HDF5DataLayer(source=plain, **options),
    }


def step_of(data: mocha.Layer, backend: mocha.Backend) -> Callable[[], object]:
    """Forward, backward and update of LeNet on that data."""
    net = mocha.Net("lenet", backend, [data, *nets.lenet(BATCH)[1:]], parameters=mocha.ParameterStore(backend))
    solver = mocha.Solver(mocha.SGD(), {"max_iter": 10**9, "lr_policy": mocha.LRPolicy.Fixed(1e-4)})
    state = mocha.init_solve(solver, net)
    return lambda: mocha.onestep_solve(solver, net, state)


def measure(steps: dict[str, Callable[[], object]], rounds: int, repeats: int) -> dict[str, list[float]]:
    """Seconds per step, one figure per round: all take turns."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(rounds + 1):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(repeats):
                step()
            if number:
                times[name].append((time.perf_counter() - start) / repeats)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend")
    parser.add_argument("--chunk-size", type=int, default=6000, help="samples; ten chunks an epoch")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=100, help="steps a round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, backend = layers_of_data(Path(folder), options.chunk_size), mocha.DefaultBackend(options.backend)
        steps = {name: step_of(layer, backend) for name, layer in data.items()}
        times = measure(steps, options.rounds, options.repeats)
    middle, least = ({name: f(seconds) for name, seconds in times.items()} for f in (statistics.median, min))
    for name in times:
        medians, best = (100 * (each[name] / each["memory"] - 1) for each in (middle, least))
        figures = (
            f"median {1e3 * middle[name]:.2f} ms ({medians:+.1f} %), least {1e3 * least[name]:.2f} ms ({best:+.1f} %)"
        )
        print(f"{name:12} {figures}")


if __name__ == "__main__":
    main()
