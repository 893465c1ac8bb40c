"""A working directory as a newcomer has it: data, a list, an experiment file, and snapshots of a first training."""

from __future__ import annotations

from pathlib import Path

import pytest

from .newcomer import EXPERIMENT, train, write_data


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing was trained yet."""
    monkeypatch.chdir(tmp_path)
    write_data("data.h5")
    Path("list.txt").write_text("data.h5\n")
    Path("experiment.toml").write_text(EXPERIMENT)
    return tmp_path


@pytest.fixture
def trained(fresh: Path) -> Path:
    """The folder `snapshots` has those of iterations 0, 4, 8 and 12, and statistics."""
    train(max_iter=12)
    return fresh
