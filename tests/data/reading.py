"""Kinds of files, and reading numbered samples back."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.data.feed import Feed

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "user block": {"userblock": 512},
    "chunked": {"chunks": True},
    "gzip": {"compression": "gzip"},
    "float64": {"dtype": "float64"},
    "big-endian": {"dtype": ">f4"},
    "uint8": {"dtype": "uint8"},
    "int64 gzip": {"dtype": "int64", "compression": "gzip"},
}


def labels(feed: Feed, batches: int) -> list[int]:
    """The numbers of the samples read, after checking that data and labels belong together."""
    read: list[int] = []
    for _ in range(batches):
        data, label = feed.fetch()
        np.testing.assert_array_equal(data, np.broadcast_to(label[:, :, None], data.shape))
        read += label[:, 0].astype(int).tolist()
    return read
