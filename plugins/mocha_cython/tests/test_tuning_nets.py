"""Nets whose kernels were tuned: equal to those that were not, and to the bit where the choices are the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mocha_core import ConvolutionLayer, InnerProductLayer, MemoryDataLayer, Net, Neurons, SoftmaxLossLayer
from mocha_core.blob import BlobSpec
from mocha_core.kernel import Site
from mocha_core.testing import grid
from mocha_cpu.kernels.inner_product import InnerProduct as BlasInnerProduct
from mocha_cython import CythonBackend
from mocha_cython.kernels.convolution import packings, ways
from mocha_cython.tuning import Tuner
from mocha_cython.tuning.store import Store

from .test_tuning_trial import convolution_site

Race = Callable[..., dict[str, float]]


def last_wins() -> Race:
    """A race without a clock: each option runs once and is said to be faster than all before."""
    numbers = itertools.count(1)

    def race(runs: dict[str, Callable[[], None]], clock: object) -> dict[str, float]:
        for run in runs.values():
            run()
        return {name: 1 / next(numbers) ** 2 for name in runs}

    return race


def no_race(runs: dict[str, Callable[[], None]], clock: object) -> dict[str, float]:
    pytest.fail(f"measured {list(runs)}")


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Callable[[Race], None]:
    """Replaces the race."""
    return lambda body: monkeypatch.setattr("mocha_cython.tuning.tuner.race", body)


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measures, even where other tests run beside."""
    monkeypatch.setattr("mocha_cython.tuning.tuner.Team.is_held_up", lambda team: False)


def backend(path: Path | None) -> CythonBackend:
    opened = CythonBackend(seed=3, threads=2, autotune=False)
    opened.tuner = Tuner(opened, Store(path, {})) if path else None
    return opened


def layers() -> list[object]:
    labels = np.arange(32).reshape(32, 1) % 7
    images = grid((32, 6, 14, 13), 1)
    return [
        MemoryDataLayer(name="data", data=[images, labels], batch_size=32),
        ConvolutionLayer(name="conv1", n_filter=40, kernel=(3, 3), neuron=Neurons.ReLU(), bottoms=["data"], tops=["a"]),
        ConvolutionLayer(name="conv2", n_filter=72, kernel=(5, 5), bottoms=["a"], tops=["b"]),
        InnerProductLayer(name="ip1", output_dim=30, bottoms=["b"], tops=["c"]),
        InnerProductLayer(name="ip2", output_dim=7, bottoms=["c"], tops=["d"]),
        SoftmaxLossLayer(name="loss", bottoms=["d", "label"]),
    ]


def trained(path: Path | None) -> tuple[dict[str, np.ndarray], str]:
    """Gradients by parameter, and what explain says."""
    with Net("n", backend(path), layers()) as net:  # type: ignore[arg-type]
        net.init()
        net.forward_backward()
        return {t.parameter.path: t.diff.to_array() for t in net.trainable}, net.explain()


def test_every_option_computes_the_same(tmp_path: Path, race: Callable[[Race], None]) -> None:
    race(last_wins())
    tuned, text = trained(tmp_path / "tuning.json")
    plain, plain_text = trained(None)
    for words in ("sum_panels=", " panels=", "way=", "slower here"):
        assert words in text
        assert words not in plain_text
    for name, gradient in plain.items():
        scale = float(np.abs(gradient).max())
        np.testing.assert_allclose(tuned[name], gradient, rtol=0, atol=64 * np.finfo("f4").eps * scale, err_msg=name)


def test_the_same_choices_give_the_same_bits(tmp_path: Path, race: Callable[[Race], None]) -> None:
    race(last_wins())
    first, _ = trained(tmp_path / "tuning.json")
    race(no_race)
    second, _ = trained(tmp_path / "tuning.json")
    for name, gradient in first.items():
        np.testing.assert_array_equal(second[name], gradient, err_msg=name)


def test_the_real_race_ends_with_a_choice(tmp_path: Path) -> None:
    _, text = trained(tmp_path / "tuning.json")
    assert "bottoms: " in text
    assert " ms" in text


def test_blas_may_take_an_inner_product(tmp_path: Path, race: Callable[[Race], None]) -> None:
    race(last_wins())
    opened = backend(tmp_path / "tuning.json")
    layer = InnerProductLayer(name="ip", output_dim=500, bottoms=["x"], tops=["y"])
    bottoms = (BlobSpec((64, 800)),)
    site = Site(layer, layer.plan(bottoms), bottoms, "train", "float32", (True,), trains=True)
    choice = opened.choose(site)
    assert choice.kernel is BlasInnerProduct
    assert choice.accept == BlasInnerProduct.accepts(opened, site)


def test_what_may_be_tried() -> None:
    opened = CythonBackend(threads=1, isa="baseline", autotune=False)
    assert packings("panels", opened, convolution_site(2, 8)) == ({}, {"panels": 3}, {"panels": 4})
    assert ways(opened, convolution_site(2, 8)) == ({}, {"way": "gather"})
    assert ways(opened, convolution_site(2, 8, stride=(2, 2))) == ({},), "strides cannot be gathered"
