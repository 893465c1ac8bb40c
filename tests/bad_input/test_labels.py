"""Labels that no class has, wherever they come up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    DataError,
    DefaultBackend,
    IdentityLayer,
    MemoryDataLayer,
    Net,
    ReshapeLayer,
    SoftmaxLossLayer,
    SplitLayer,
)

from .newcomer import SAMPLES, Case, check, layers, train, write_data

WHO = ["data layer 'train-data'", "layer 'loss'", "blob 'label'", "3 classes: 0 ... 2", "labels count from 0"]


def with_label(value: float, sample: int = 2) -> Any:
    labels = np.zeros((SAMPLES, 1))
    labels[sample::8] = value
    return lambda: write_data("data.h5", label=labels)


CASES = {
    "counted from 1": Case(DataError, [*WHO, "the label 3 in sample", "subtract 1"], with_label(3)),
    "negative": Case(DataError, [*WHO, "the label -1 in sample"], with_label(-1)),
    "rounds to 3": Case(DataError, [*WHO, "the label 2.6 in sample"], with_label(2.6)),
    "NaN": Case(DataError, [*WHO, "the label nan in sample"], with_label(float("nan"))),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


def test_found_late_it_keeps_the_snapshots_of_before(fresh: Path) -> None:
    train(max_iter=6)
    write_data("bad.h5", label=np.full((SAMPLES, 1), 7))
    Path("list.txt").write_text("data.h5\nbad.h5\n")
    good = Path("snapshots/snapshot-000004.h5").read_bytes()
    with pytest.raises(DataError, match="the label 7"):
        train(max_iter=20, load_from="")
    assert Path("snapshots/old-1/snapshot-000004.h5").read_bytes() == good
    assert not list(Path("snapshots").glob("**/.*"))


@pytest.mark.parametrize(
    "between",
    [
        ReshapeLayer(name="flat", bottoms=["label"], tops=["target"], shape=(1,)),
        IdentityLayer(name="same", bottoms=["label"], tops=["target"]),
        SplitLayer(name="twice", bottoms=["label"], tops=["target", "other"], no_copy=True),
    ],
)
def test_labels_seen_through_another_layer(between: Any) -> None:
    x, y = np.zeros((6, 4)), np.array([0, 1, 2, 0, 3, 0])
    data = MemoryDataLayer(name="digits", data=[x, y[:, None]], batch_size=3)
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip2", "target"])
    with DefaultBackend("cpu") as backend, Net("n", backend, [data, *layers()[1:3], between, loss]) as net:
        net.forward()
        with pytest.raises(DataError, match=r"data layer 'digits' .*layer 'loss': blob 'label' holds the label 3"):
            net.forward()
