"""NaN and Inf: training stops, says where they came up first, and keeps the last good snapshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_core import GaussianInitializer, LRPolicy, NumericalError, load_network
from mocha_core.io import load_statistics
from mocha_core.io.snapshot_file import verify_snapshot

from .newcomer import SAMPLES, Case, changed, check, fingerprint, layers, train, write_data

LAST = "the last snapshot is snapshots/snapshot-000012.h5"


def bad_pixel() -> None:
    data = np.zeros((SAMPLES, 4))
    data[:, 2] = np.inf
    write_data("data.h5", data=data)


CASES = {
    "a learning rate far too high": Case(
        NumericalError,
        [
            "net 'first-train' is nan after 13 updates (learning_rate 1e+30",
            "layer 'ip2' is the first to write a bad value",
            "blob 'ip2' holds",
            "in 24 values, from bottoms 'ip1' between",
            "lower the learning rate",
            LAST,
        ],
        params={"lr_policy": LRPolicy.Fixed(1e30)},
        toml=("Fixed(0.1)", "Fixed(1e30)"),
    ),
    "data with Inf": Case(
        NumericalError,
        [
            "after 12 updates",
            "data layer 'train-data' delivers blob 'data' with 0 NaN and 8 Inf in 32 values",
            "Correct the data",
            LAST,
        ],
        bad_pixel,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


def test_first_values_far_too_large(fresh: Path) -> None:
    with pytest.raises(NumericalError, match=r"after 0 updates .*layer 'ip1' is the first.*the initializers$"):
        train(changed(1, weight_init=GaussianInitializer(std=1e38)), load_from="")
    assert not list(Path("snapshots").rglob("*.h5"))


def test_training_goes_on_from_the_good_snapshot_with_a_lower_rate(trained: Path) -> None:
    with pytest.raises(NumericalError):
        train(lr_policy=LRPolicy.Fixed(1e30))
    verify_snapshot("snapshots/snapshot-000012.h5")
    assert max(load_statistics("snapshots/statistics.h5")["obj_val"]) == 12
    assert train(lr_policy=LRPolicy.Fixed(0.01)).state.iter == 16


def test_a_bad_model_is_not_saved_over_a_good_one(trained: Path) -> None:
    from mocha_core import DefaultBackend, Net, save_network

    with DefaultBackend("cpu") as backend, Net("n", backend, layers()) as net:
        load_network("snapshots/snapshot-000012.h5", net)
        save_network("model.h5", net)
        before = fingerprint()
        bias = net.all_parameters[1]
        bias.load(np.full(bias.blob.shape, np.nan))
        with pytest.raises(NumericalError, match="ip1___bias of net 'n' holds NaN or Inf, so it is not saved"):
            save_network("model.h5", net)
    assert fingerprint() == before
