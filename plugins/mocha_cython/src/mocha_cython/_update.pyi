from collections.abc import Iterable, Sequence

from mocha_core.blob import Array

NONE: int
L2: int
L1: int

class Update:
    def __init__(
        self,
        level: int,
        threads: int,
        method: str,
        places: Iterable[tuple[Array, Array, Sequence[Array], int, float]],
    ) -> None: ...
    def run(self, numbers: tuple[float, ...], steps: list[float], rates: list[float]) -> None: ...
