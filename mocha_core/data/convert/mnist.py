"""MNIST: 60,000 + 10,000 handwritten digits of 28 x 28 pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...errors import DataError
from ...io.atomic import replacing
from ...random import Stream
from ..source import HostArray
from . import originals
from .addresses import MNIST_MIRRORS, MNIST_SHA256
from .cifar_binary import check_labels
from .fetching import fetch
from .idx import parse_idx
from .writing import write_list

SEED = 12345678
SIZES = {"train": 60_000, "t10k": 10_000}
Say = Callable[[str], None]


def convert(to: Path, folder: Path | None = None, *, checksum: bool = True, say: Say = print) -> None:
    """Write mnist-train.hdf5, mnist-test.hdf5 and the lists train.txt and test.txt into `to`.

    folder: where the four IDX files are, plain or .gz; None fetches them into `to`/original.
    checksum: refuse files of the original's length with other content.
    Datasets: `data` (n, 1, 28, 28) float32, pixels / 256; `label` (n, 1) float32. Training digits are shuffled.
    """
    folder = _fetched(to / "original", say) if folder is None else folder
    for part, name in (("train", "train"), ("t10k", "test")):
        images, labels = _read(folder, part, checksum, say)
        order = Stream(SEED, "mnist", part).permutation(len(images)) if part == "train" else np.arange(len(images))
        target = to / f"mnist-{name}.hdf5"
        _write(target, images, labels, order)
        write_list(to / f"{name}.txt", target.name)
        say(f"{target}: {len(images)} digits, listed in {to / name}.txt")


def _fetched(folder: Path, say: Say) -> Path:
    for name in MNIST_SHA256:
        fetch(MNIST_MIRRORS, f"{name}.gz", folder, say)
    return folder


def _read(folder: Path, part: str, checksum: bool, say: Say) -> tuple[HostArray, HostArray]:
    images = _array(folder, f"{part}-images-idx3-ubyte", 3, SIZES[part], checksum, say)
    labels = _array(folder, f"{part}-labels-idx1-ubyte", 1, SIZES[part], checksum, say)
    if images.shape[1:] != (28, 28):
        raise DataError(f"{folder}: the {part} images are of {images.shape[1:]} pixels, not (28, 28)")
    if len(images) != len(labels) or not len(images):
        raise DataError(f"{folder}: {len(images)} {part} images, but {len(labels)} labels")
    check_labels(folder / f"{part}-labels-idx1-ubyte", labels)
    return images, labels


def _array(folder: Path, name: str, rank: int, size: int, checksum: bool, say: Say) -> HostArray:
    path = originals.need(folder, name)
    content = originals.read(path)
    array = parse_idx(path, content, rank)
    if checksum and len(array) == size:
        originals.check_sha256(path, content, MNIST_SHA256[name])
    else:
        say(f"{path}: {len(array)} items; only the structure was checked, not the original's checksum")
    return array


def _write(target: Path, images: HostArray, labels: HostArray, order: HostArray) -> None:
    import h5py

    with replacing(target) as temporary, h5py.File(temporary, "w") as file:
        file["data"] = images[order][:, None].astype(np.float32) / np.float32(256)
        file["label"] = labels[order][:, None].astype(np.float32)
