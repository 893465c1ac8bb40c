from mocha_core.blob import Array

def scratch_floats(level: int, threads: int, num: int, inputs: int, outputs: int) -> int: ...

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
        draws: Array | None = None,
        ratio: float = 0,
        scale: float = 1,
        dy: Array | None = None,
        dx: Array | None = None,
        dweight: Array | None = None,
        dbias: Array | None = None,
        scratch: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def backward(self) -> None: ...
