"""The pre-training example: each layer learns while those below stay as they are, and fine-tuning starts from there."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from .test_manual_programs import run, tiny_data

LAYERS = ("layer1", "layer2", "layer3", "fine-tuning")


def weights(folder: Path, name: str, iteration: int) -> dict[str, np.ndarray]:
    with h5py.File(folder / name / f"snapshot-{iteration:06d}.h5") as file:
        return {key: file[key][()] for key in file if key.endswith("___weight")}


@pytest.fixture(scope="module")
def snapshots(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pretraining")
    tiny_data(folder, (1, 28, 28))
    words = ["--data", str(folder), "--snapshots", str(folder), "--hidden", "20"]
    words += ["--pretrain-iter", "2", "--max-iter", "2"]
    program = repository / "examples/mnist/pretraining.py"
    assert "Accuracy (avg over 100)" in run(program, *words)
    assert run(program, *words).count("Nothing left to do") == len(LAYERS)
    return folder


def test_each_hidden_layer_is_trained_in_its_turn(snapshots: Path) -> None:
    for number in (1, 2, 3):
        start, end = (weights(snapshots, f"layer{number}", iteration) for iteration in (0, 2))
        changed = {name for name in end if not np.array_equal(start[name], end[name])}
        assert changed == {f"ip{number}___weight"}


def test_fine_tuning_starts_from_what_was_learned(snapshots: Path) -> None:
    learned = weights(snapshots, "layer3", 2)
    start, end = (weights(snapshots, "fine-tuning", iteration) for iteration in (0, 2))
    for name in ("ip1___weight", "ip2___weight", "ip3___weight"):
        np.testing.assert_array_equal(start[name], learned[name])
        assert not np.array_equal(end[name], start[name])
