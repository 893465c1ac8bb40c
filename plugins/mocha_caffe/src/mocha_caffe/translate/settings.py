"""What the user asks of an import besides the files."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.plan import PHASES, TEST
from mocha_core.specs import Spec, spec

REGULARIZATIONS = ("L2", "L1")


@spec(kw_only=True)
class Settings(Spec):
    """Which of the layers in a file take part, and what its decay multipliers mean.

    phase: "train" or "test".   level, stages: as of Caffe's NetState, for the rules under include and exclude.
    regularization: "L2" or "L1", the solver's `regularization_type`. The solver's `weight_decay` is `regu_coef` here.

    >>> Settings(stages=["deploy"])
    Settings(stages=('deploy',))
    """

    phase: str = TEST
    level: int = 0
    stages: Sequence[str] = ()
    regularization: str = "L2"

    def check(self) -> None:
        if self.phase not in PHASES:
            raise self.refuse(f"phase is {' or '.join(map(repr, PHASES))}, not {self.phase!r}")
        if self.regularization not in REGULARIZATIONS:
            names = " or ".join(map(repr, REGULARIZATIONS))
            raise self.refuse(f"regularization is {names}, not {self.regularization!r}")
        stages = (self.stages,) if isinstance(self.stages, str) else tuple(self.stages)
        self._put("stages", stages)
