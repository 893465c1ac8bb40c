"""CIFAR-10: 50,000 + 10,000 colour images of 32 x 32 pixels."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import DataError, MissingFileError
from ...io.atomic import replacing
from ...random import Stream
from ..source import HostArray
from . import originals
from .addresses import CIFAR10_ARCHIVE, CIFAR10_MIRRORS, CIFAR10_SHA256, CIFAR10_TEST, CIFAR10_TRAIN
from .cifar_binary import IMAGE, parse_cifar
from .fetching import fetch
from .writing import write_list

SEED = 12345678
WHOLE = 10_000
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Images:
    """One original batch: images (n, 3, 32, 32) and labels (n,), unsigned bytes."""

    name: str
    images: HostArray
    labels: HostArray

    def shuffled(self) -> Images:
        order = Stream(SEED, "cifar10", self.name).permutation(len(self.images))
        return Images(self.name, self.images[order], self.labels[order])


def convert(to: Path, folder: Path | None = None, *, checksum: bool = True, say: Say = print) -> None:
    """Write cifar10-train.hdf5, cifar10-test.hdf5, mean.h5 and the lists train.txt and test.txt into `to`.

    folder: where data_batch_1.bin ... test_batch.bin are (plain or .gz; some training batches may be absent, batches
    may be short), or the archive cifar-10-binary.tar.gz; None fetches the archive into `to`/original.
    checksum: refuse an archive that is not the original.
    Datasets: `data` (n, 3, 32, 32) float32, the mean training image subtracted; `label` (n, 1) float32; `mean`.
    """
    if folder is None:
        folder = fetch(CIFAR10_MIRRORS, CIFAR10_ARCHIVE, to / "original", say).parent
    train, test = _read(folder, checksum, say)
    mean = sum(batch.images.sum(axis=0, dtype=np.float64) for batch in train) / sum(len(b.images) for b in train)
    _write_mean(to / "mean.h5", mean)
    for name, batches in (("train", train), ("test", [test])):
        target = to / f"cifar10-{name}.hdf5"
        count = _write(target, [batch.shuffled() for batch in batches], mean)
        write_list(to / f"{name}.txt", target.name)
        say(f"{target}: {count} images, listed in {to / name}.txt")


def _read(folder: Path, checksum: bool, say: Say) -> tuple[list[Images], Images]:
    loose = originals.find(folder, CIFAR10_TEST) is not None
    archive = folder / CIFAR10_ARCHIVE
    if not loose and archive.is_file():
        return _read_archive(archive, checksum)
    train = [_read_batch(path, say) for name in CIFAR10_TRAIN if (path := originals.find(folder, name)) is not None]
    if not train:
        raise MissingFileError(
            f"{folder} holds neither {CIFAR10_ARCHIVE} nor any of {', '.join(CIFAR10_TRAIN)} (or .gz)"
        )
    if len(train) < len(CIFAR10_TRAIN):
        names = ", ".join(batch.name for batch in train)
        say(f"{folder} holds {len(train)} of the {len(CIFAR10_TRAIN)} training batches: {names}")
    return train, _read_batch(originals.need(folder, CIFAR10_TEST), say)


def _read_batch(path: Path, say: Say) -> Images:
    images, labels = parse_cifar(path, originals.read(path))
    if len(images) != WHOLE:
        say(f"{path}: {len(images)} images instead of {WHOLE}")
    return Images(path.name.removesuffix(".gz"), images, labels)


def _read_archive(archive: Path, checksum: bool) -> tuple[list[Images], Images]:
    content = archive.read_bytes()
    originals.refuse_disguise(archive, content)
    if checksum:
        originals.check_sha256(archive, content, CIFAR10_SHA256)
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            members = {Path(member.name).name: member for member in tar if member.isfile()}
            batches = [_member(tar, archive, members, name) for name in (*CIFAR10_TRAIN, CIFAR10_TEST)]
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{archive} is no whole archive ({error}); delete it and fetch it again") from error
    return batches[:-1], batches[-1]


def _member(tar: tarfile.TarFile, archive: Path, members: dict[str, tarfile.TarInfo], name: str) -> Images:
    file = tar.extractfile(members[name]) if name in members else None
    if file is None:
        raise DataError(f"{archive} does not hold {name}")
    return Images(name, *parse_cifar(archive / name, file.read()))


def _write_mean(target: Path, mean: HostArray) -> None:
    import h5py

    with replacing(target) as temporary, h5py.File(temporary, "w") as file:
        file["mean"] = mean[None].astype(np.float32)


def _write(target: Path, batches: Sequence[Images], mean: HostArray) -> int:
    """One batch at a time, so that the data set need not fit in memory as floats."""
    import h5py

    count, at = sum(len(batch.images) for batch in batches), 0
    with replacing(target) as temporary, h5py.File(temporary, "w") as file:
        data = file.create_dataset("data", (count, *IMAGE), "float32")
        label = file.create_dataset("label", (count, 1), "float32")
        for batch in batches:
            end = at + len(batch.images)
            data[at:end] = batch.images - mean.astype(np.float32)
            label[at:end] = batch.labels[:, None]
            at = end
    return count
