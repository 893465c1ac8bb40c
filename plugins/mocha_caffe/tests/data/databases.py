"""Databases and images that the tests write themselves."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mocha_caffe.data.datum import write_datum

lmdb = pytest.importorskip("lmdb", reason="databases are written with the package lmdb; pip install lmdb")

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def planes(count: int, channels: int = 3, height: int = 6, width: int = 5) -> Pixels:
    """Images that all differ."""
    return np.random.default_rng(3).integers(0, 256, (count, channels, height, width), dtype=np.uint8)


def write_lmdb(folder: Path, records: Sequence[tuple[bytes, bytes]]) -> Path:
    """An LMDB, as the package writes it."""
    with lmdb.open(str(folder), map_size=1 << 26) as database, database.begin(write=True) as transaction:
        for key, value in records:
            transaction.put(key, value)
    return folder


def write_images(folder: Path, images: Sequence[Pixels]) -> Path:
    """An LMDB of raw Datum records; label k for image k."""
    return write_lmdb(folder, [(b"%08d" % k, write_datum(image, k)) for k, image in enumerate(images)])


def file_of(image: Pixels, kind: str = "PNG", **options: Any) -> bytes:
    """A file of the image, (height, width) or (height, width, 3), in Pillow's order of colours."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, **options)
    return file.getvalue()


def bgr(image: Pixels) -> Pixels:
    """(height, width, red green blue) as planes blue, green, red."""
    return np.ascontiguousarray(np.moveaxis(image[..., ::-1], -1, 0))
