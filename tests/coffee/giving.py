"""Breaks that record what a test wants, and die when it wants."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.coffee import Coffee


class Give(Coffee):
    """Records `values[k]` of iteration k under `name`; None records nothing."""

    def __init__(self, name: str, values: Sequence[float | None]) -> None:
        self.name, self.values = name, values

    def enjoy(self, lounge, net, state) -> None:
        value = self.values[state.iter] if state.iter < len(self.values) else None
        if value is not None:
            lounge.update_statistics(self.name, value)


class Die(Exception):
    """Stands for whatever ends a program."""


class DieAt(Coffee):
    """Raises `Die` at an iteration."""

    def __init__(self, iteration: int | None) -> None:
        self.iteration = iteration

    def enjoy(self, lounge, net, state) -> None:
        if state.iter == self.iteration:
            raise Die
