"""CIFAR-10's binary format: per image one byte of label and 3 x 32 x 32 bytes (red, green, blue planes, row by row)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import DataError
from ..source import HostArray

IMAGE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
CLASSES = 10


def parse_cifar(path: Path, content: bytes) -> tuple[HostArray, HostArray]:
    """Images (n, 3, 32, 32) and labels (n,), unsigned bytes; `path` is for errors."""
    if not content or len(content) % RECORD:
        raise DataError(f"{path} holds {len(content)} bytes, no multiple of {RECORD} (one label, 3 x 32 x 32 pixels)")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    check_labels(path, records[:, 0])
    return records[:, 1:].reshape(-1, *IMAGE), records[:, 0]


def check_labels(path: Path, labels: HostArray) -> None:
    """Refuse labels that are no class of ten."""
    if labels.size and labels.max() >= CLASSES:
        at = int(labels.argmax())
        raise DataError(f"{path}: label {at} is {labels[at]}; classes are 0 to {CLASSES - 1}")
