from mocha_core.blob import Array

from ._chain import Link

def scratch(level: int, threads: int, pixels: int, channels: int) -> int: ...

class BatchNorm:
    def __init__(
        self,
        level: int,
        threads: int,
        batch: bool,
        eps: float,
        x: Array,
        y: Array,
        mean: Array,
        var: Array,
        factor: Array,
        ahead: Array | None = None,
        dy: Array | None = None,
        dx: Array | None = None,
        back: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def find_factor(self) -> None: ...
    def link(self) -> Link: ...
    def backward(self) -> None: ...
