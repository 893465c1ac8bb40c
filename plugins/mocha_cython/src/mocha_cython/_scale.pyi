from mocha_core.blob import Array

from ._chain import Link

def scratch(level: int, threads: int, pixels: int, channels: int) -> int: ...

class Scale:
    def __init__(
        self,
        level: int,
        threads: int,
        x: Array,
        s: Array,
        b: Array | None,
        y: Array,
        dy: Array | None = None,
        dx: Array | None = None,
        ds: Array | None = None,
        db: Array | None = None,
        work: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def link(self) -> Link: ...
    def backward(self) -> None: ...
