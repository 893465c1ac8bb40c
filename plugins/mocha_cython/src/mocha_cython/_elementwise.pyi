from mocha_core.blob import Array

from ._chain import Link

OPERATIONS: dict[str, int]

class Map:
    def __init__(
        self,
        level: int,
        threads: int,
        operation: str,
        numbers: tuple[float, ...],
        y: Array,
        a: Array,
        b: Array | None = None,
        c: Array | None = None,
        *,
        z: Array | None = None,
    ) -> None: ...
    def run(self) -> None: ...
    def link(self, num: int) -> Link: ...

def copy_to(threads: int, y: Array, x: Array) -> None: ...
def add_to(level: int, threads: int, y: Array, x: Array) -> None: ...
