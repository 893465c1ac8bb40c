from collections.abc import Sequence

from mocha_core.blob import Array

from ._chain import Link

WAYS: tuple[str, ...]

class Windows:
    def __init__(
        self,
        image: Sequence[int],
        out: Sequence[int],
        kernel: Sequence[int],
        stride: Sequence[int],
        pad: Sequence[int],
        rates: Array | None = None,
        floor: float | None = None,
        wide: bool = False,
    ) -> None: ...

class Sizes:
    level: int
    top: tuple[int, int, int, int]

    def __init__(
        self,
        level: int,
        threads: int,
        image: tuple[int, ...],
        filters: int,
        kernel: tuple[int, ...],
        stride: tuple[int, ...] = (1, 1),
        pad: tuple[int, ...] = (0, 0),
        dilation: tuple[int, ...] = (1, 1),
        groups: int = 1,
        *,
        relu: bool = False,
        panels: int = 0,
        back_panels: int = 0,
        sum_panels: int = 0,
        way: str = "default",
        ldx: int = 0,
        ldy: int = 0,
        pool: Windows | None = None,
    ) -> None: ...
    @property
    def forward_scratch(self) -> int: ...
    @property
    def backward_scratch(self) -> int: ...
    @property
    def way(self) -> str: ...

class Convolution:
    def __init__(
        self,
        sizes: Sizes,
        x: Array,
        filter: Array,
        bias: Array | None,
        y: Array,
        forward_scratch: Array,
        dy: Array | None = None,
        dx: Array | None = None,
        dfilter: Array | None = None,
        dbias: Array | None = None,
        backward_scratch: Array | None = None,
        *,
        add: bool = False,
        places: Array | None = None,
        passed: Array | None = None,
    ) -> None: ...
    def forward(self, packed: bool = False) -> None: ...
    def pack(self) -> None: ...
    def link(self) -> Link: ...
    def backward(self) -> None: ...
