from mocha_core.blob import Array, Shape

from ._chain import Link

def scratch(level: int, threads: int, shape: Shape, kernel: int, across: bool, back: bool = False) -> int: ...

class Lrn:
    def __init__(
        self,
        level: int,
        threads: int,
        across: bool,
        kernel: int,
        rate: float,
        shift: float,
        power: float,
        x: Array,
        y: Array,
        ahead: Array,
        dy: Array | None = None,
        dx: Array | None = None,
        back: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def link(self) -> Link: ...
    def backward(self) -> None: ...
