from collections.abc import Sequence

from mocha_core.blob import Array

class Link:
    @property
    def before(self) -> int: ...
    @property
    def behind(self) -> int: ...

class Chain:
    def __init__(
        self, threads: int, num: int, block: int, links: Sequence[Link], x: Array, y: Array, between: Array
    ) -> None: ...
    def run(self) -> None: ...
