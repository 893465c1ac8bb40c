"""What layers keep track of from forward to forward, while a forward is done again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from .parameters import Parameter


@contextlib.contextmanager
def counted_once(parameters: Iterable[Parameter]) -> Iterator[None]:
    """For the block, what each forward goes on from is as the last one found it; then all is as it was.

    So the last forward can be done again, and is counted once in running statistics and states.
    """
    untrained = {p.path: (p, p.blob.to_array()) for p in parameters if not p.spec.trained and p.ready}
    try:
        for parameter, _ in untrained.values():
            if parameter.spec.past:
                parameter.load(untrained[f"{parameter.key}___{parameter.spec.past}"][1])
        yield
    finally:
        for parameter, values in untrained.values():
            parameter.load(values)
