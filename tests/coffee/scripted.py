"""A validation net that reports what it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

KEY = "test-accuracy"


class ScriptedNet:
    """Has no layers and one statistic, whose values come from a list, one for each pass through the data."""

    phase, all_parameters = "test", ()

    def __init__(self, scores: Sequence[float]) -> None:
        self.name, self.scores, self.passes = "test", list(scores), 0

    def init(self) -> None:
        pass

    def data_state(self) -> dict[str, Any]:
        return {}

    def restore_data(self, state: Any) -> None:
        pass

    def random_state(self) -> dict[str, int]:
        return {}

    def restore_random(self, state: Any) -> None:
        pass

    def reset_statistics(self) -> None:
        pass

    def forward_epoch(self, exact: bool = True) -> None:
        self.passes += 1

    def statistics(self) -> dict[str, float]:
        return {KEY: self.scores[self.passes - 1] if self.passes else float("nan")}

    def statistic_lines(self) -> list[str]:
        return []
