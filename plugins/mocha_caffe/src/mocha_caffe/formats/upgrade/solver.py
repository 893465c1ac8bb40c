"""Solver files of any age."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import UpgradeError
from ..message import Message
from .names import SOLVER_TYPES


def upgrade_solver(solver: Message, path: str | os.PathLike[str] | None = None) -> Message:
    """The solver with its `type` as a string and, if its file is known, the `snapshot_prefix` that Caffe would use."""
    upgraded = solver.copy()
    if "solver_type" in solver:
        if "type" in solver:
            raise UpgradeError(f"{solver.place}: both solver_type and type are given; remove solver_type")
        if solver.solver_type not in SOLVER_TYPES:
            known = ", ".join(SOLVER_TYPES)
            raise UpgradeError(f"{solver.place}: {solver.solver_type} is no solver; known are {known}")
        upgraded.type, upgraded.solver_type = SOLVER_TYPES[solver.solver_type], None
    if path is not None:
        upgraded.snapshot_prefix = _prefix(solver, Path(path))
    return upgraded


def _prefix(solver: Message, path: Path) -> str:
    prefix: str = solver.snapshot_prefix
    if "snapshot_prefix" not in solver:
        return str(path.with_suffix(""))
    return str(Path(prefix) / path.stem) if Path(prefix).is_dir() else prefix
