"""IDX, the format of MNIST: big-endian; 0, 0, type 8 (unsigned byte), rank; a 32-bit length per axis; the bytes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ...errors import DataError
from ..source import HostArray


def parse_idx(path: Path, content: bytes, rank: int) -> HostArray:
    """The array of unsigned bytes with `rank` axes that `content` must hold; `path` is for errors."""
    head = 4 + 4 * rank
    if len(content) < head or content[:4] != bytes([0, 0, 8, rank]):
        raise DataError(
            f"{path} is no IDX file of {rank} axes of bytes: it begins with {content[:4].hex(' ') or 'nothing'}"
        )
    shape = struct.unpack(f">{rank}I", content[4:head])
    expected = int(np.prod(shape, dtype=object))
    if len(content) - head != expected:
        said = " x ".join(map(str, shape))
        raise DataError(
            f"{path} says it holds {said} = {expected} bytes, but {len(content) - head} follow; it is cut off"
        )
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)
