from mocha_core.blob import Array

def scratch_floats(level: int, threads: int, num: int, outputs: int) -> int: ...

class InnerProduct:
    def __init__(
        self,
        level: int,
        threads: int,
        x: Array,
        weight: Array,
        bias: Array | None,
        y: Array,
        *,
        relu: bool = False,
        dy: Array | None = None,
        dx: Array | None = None,
        dweight: Array | None = None,
        dbias: Array | None = None,
        scratch: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def backward(self) -> None: ...
