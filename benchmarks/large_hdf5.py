"""Training, shuffled, on an HDF5 file larger than memory: how much memory that takes.

Writes a sparse file (20 GB of pixels that are never stored, labels and sample numbers that are), goes once through it
with a small net, checks that every sample came once, and prints the peak of the resident memory as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

import mocha_core as mocha

IMAGE = (3, 64, 64)
MARKED = 1000
"""Every so many images have a first pixel that tells their label; the others are holes in the file."""


def write_sparse(path: Path, gigabytes: float) -> int:
    """Images as bytes, without storing them; the number of samples."""
    count = int(gigabytes * 1e9) // math.prod(IMAGE)
    with h5py.File(path, "w") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        space = h5py.h5s.create_simple((count, *IMAGE))
        h5py.h5d.create(file.id, b"data", h5py.h5t.NATIVE_UINT8, space, properties)
        file["number"] = np.arange(count)[:, None]
        file["label"] = (np.arange(count) % 10)[:, None]
        for number in range(0, count, MARKED):
            file["data"][number, 0, 0, 0] = 100 + number // MARKED % 100
    return count


def layers(listing: Path, batch_size: int, max_bytes: int) -> list[mocha.Layer]:
    """The first pixel of each image, its number, and a net that learns nothing sensible."""
    data = mocha.AsyncHDF5DataLayer(
        source=str(listing),
        tops=["data", "label", "number"],
        batch_size=batch_size,
        shuffle=True,
        max_bytes=max_bytes,
        transformers=[("data", mocha.Scale(1 / 256))],
    )
    return [
        data,
        mocha.InnerProductLayer(name="ip", output_dim=10, bottoms=["data"], tops=["ip"]),
        mocha.SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]


def peak_bytes() -> int:
    """The most resident memory that this process had so far."""
    status = Path("/proc/self/status")
    if status.is_file():
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def one_epoch(listing: Path, count: int, options: argparse.Namespace) -> np.ndarray:
    """How often each sample came."""
    seen = np.zeros(count, np.uint8)
    with mocha.DefaultBackend(options.backend) as backend:
        made = layers(listing, options.batch_size, options.max_bytes)
        with mocha.Net("large", backend, made, keep=["data", "number"]) as net:
            solver = mocha.Solver(mocha.SGD(), {"max_iter": 10**9, "lr_policy": mocha.LRPolicy.Fixed(0.001)})
            state = mocha.init_solve(solver, net)  # goes forward with the first batch
            for step in range(count // options.batch_size):
                if step:
                    mocha.onestep_solve(solver, net, state)
                numbers = net.blob("number").to_array()[:, 0].astype(int)
                check_pixels(net.blob("data").to_array()[:, 0, 0, 0], numbers)
                seen[numbers] += 1
    return seen


def check_pixels(pixels: np.ndarray, numbers: np.ndarray) -> None:
    """Images and numbers must have stayed together."""
    expected = np.where(numbers % MARKED == 0, 100 + numbers // MARKED % 100, 0) / 256
    if not np.array_equal(pixels, expected.astype(pixels.dtype)):
        raise SystemExit("images and their numbers were mixed up")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=20)
    parser.add_argument("--max-bytes", type=int, default=2**28, help="what the chunks in memory may take")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--backend")
    parser.add_argument("--folder", type=Path, help="where the file is written; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path, listing = Path(folder) / "large.h5", Path(folder) / "list.txt"
        count = write_sparse(path, options.gigabytes)
        listing.write_text(f"{path}\n")
        start = time.perf_counter()
        seen = one_epoch(listing, count, options)
        seconds = time.perf_counter() - start
        size, stored = path.stat().st_size, 512 * path.stat().st_blocks
    whole = count // options.batch_size * options.batch_size
    if seen.max() > 1 or int(seen.sum()) != whole:
        raise SystemExit(f"of {count} samples, {whole} should have come once; some came {seen.max()} times")
    figures = {"file": size, "stored": stored, "samples": whole, "seconds": round(seconds, 1)}
    print(json.dumps({**figures, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main()
