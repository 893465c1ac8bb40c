from collections.abc import Sequence

from mocha_core.blob import Array

from ._chain import Link

FAR: int

class Pooling:
    def __init__(
        self,
        level: int,
        threads: int,
        kernel: Sequence[int],
        stride: Sequence[int],
        pad: Sequence[int],
        x: Array,
        y: Array,
        rates: Array | None = None,
        floor: float | None = None,
        places: Array | None = None,
        dy: Array | None = None,
        dx: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def link(self) -> Link: ...
    def backward(self) -> None: ...
