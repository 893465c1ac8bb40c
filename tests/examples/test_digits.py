"""The demo's parts: its data are what they should be, and the whole runs and leaves its files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the demo's digits come with scikit-learn; pip install scikit-learn")


@pytest.fixture
def digits(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(repository / "examples/digits"))
    import digits

    return digits


def test_the_split_is_fixed_and_complete(digits: Any) -> None:
    train, test = digits.load()
    assert (train.images.shape, test.images.shape) == ((1400, 1, 28, 28), (397, 1, 28, 28))
    assert (train.labels.shape, test.labels.shape) == ((1400, 1), (397, 1))
    images = np.concatenate([train.images, test.images])
    assert 0 <= images.min() < images.max() <= 1
    again = digits.load()[1]
    np.testing.assert_array_equal(again.images, test.images)
    overlap = {image.tobytes() for image in train.images} & {image.tobytes() for image in test.images}
    assert not overlap


def test_enlarging_keeps_constants_and_corners(digits: Any) -> None:
    np.testing.assert_allclose(digits.interpolation(8, 28).sum(axis=1), 1, rtol=4 * np.finfo(float).eps)
    image = np.random.default_rng(0).random((1, 8, 8))
    large = digits.enlarge(image)
    assert large.shape == (1, 28, 28)
    np.testing.assert_array_equal(large[0, [0, 0, -1, -1], [0, -1, 0, -1]], image[0, [0, 0, -1, -1], [0, -1, 0, -1]])
    ramp = digits.enlarge(np.arange(8.0)[None, None, :].repeat(8, axis=1))[0]
    assert (np.diff(ramp, axis=1) >= 0).all()
    np.testing.assert_allclose(ramp, ramp[:1].repeat(28, axis=0), rtol=0, atol=64 * np.finfo(float).eps)


def test_a_short_demo_leaves_its_files(repository: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = str(repository / "examples/digits/demo.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", program, "--max-iter", "3", "--to", str(tmp_path)],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "of 397 test digits read rightly" in done.stdout
    assert "obj_val" in done.stdout
    left = {path.name for path in tmp_path.iterdir()}
    assert {"learning-curve.png", "misclassified.png", "statistics.h5"} <= left
    assert any(name.startswith("snapshot-000003") for name in left)
