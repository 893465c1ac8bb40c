from mocha_core.blob import Array

Split = tuple[int, int, int]

class Softmax:
    def __init__(
        self,
        level: int,
        threads: int,
        shape: Split,
        x: Array,
        y: Array,
        dy: Array | None = None,
        dx: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def backward(self) -> None: ...

class SoftmaxLoss:
    def __init__(
        self,
        level: int,
        threads: int,
        shape: Split,
        x: Array,
        label: Array,
        weights: Array | None,
        rate: float,
        floor: float,
        loss: Array,
        share: Array,
        terms: Array,
        y: Array | None = None,
        dx: Array | None = None,
    ) -> None: ...
    def forward(self) -> None: ...
    def backward(self) -> None: ...

class Accuracy:
    def __init__(self, level: int, shape: Split, top: int, x: Array, label: Array, accuracy: Array) -> None: ...
    def forward(self) -> None: ...
