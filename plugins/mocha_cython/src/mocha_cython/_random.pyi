from mocha_core.blob import Array

def fill_uniform(level: int, threads: int, key: tuple[int, int], call: int, array: Array) -> None: ...

class Dropout:
    def __init__(
        self,
        level: int,
        threads: int,
        ratio: float,
        scale: float,
        draws: Array | None,
        kept: Array,
        source: Array,
        to: Array,
    ) -> None: ...
    def forward(self) -> None: ...
    def backward(self) -> None: ...
