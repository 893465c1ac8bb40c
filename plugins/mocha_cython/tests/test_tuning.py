"""Autotuning chooses what is clearly faster, measures it once, and says what it measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from mocha_core import MemoryDataLayer, Net, PowerLayer
from mocha_core.io.cache_folder import CACHE
from mocha_core.testing import grid
from mocha_cython import CythonBackend, machine

from .toy import Toy, site, tuned_backend, wind


class ToyWithRival(Toy):
    has_rivals: ClassVar[bool] = True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    wind()
    return tmp_path / "tuning.json"


def test_the_faster_way_is_chosen(path: Path) -> None:
    wind(pace_3=0.5e-3, back_fast=0.9e-3)
    choice = tuned_backend(path).choose(site())
    assert choice.settings == {"pace": 3, "back": "fast"}
    assert choice.accept.scratch[0].spec.shape == (3,)
    assert choice.title() == f"{choice.label} pace=3 back=fast"


def test_what_is_hardly_faster_is_not(path: Path) -> None:
    wind(pace_2=0.98e-3, pace_3=0.99e-3)
    assert tuned_backend(path).choose(site()).settings == {"pace": 1}


def test_a_way_that_is_refused_is_not_tried(path: Path) -> None:
    tuned_backend(path).choose(site())
    assert Toy.calls["pace=0"] == 0


def test_the_hopeless_are_dropped(path: Path) -> None:
    wind(pace_2=2e-3)
    tuned_backend(path).choose(site(backward=False))
    assert Toy.calls["pace=2"] < Toy.calls["pace=3"]


def test_it_ends_soon(path: Path) -> None:
    wind(pace_1=1.0, pace_2=1.0, pace_3=1.0)
    tuned_backend(path).choose(site(backward=False))
    assert Toy.calls == {"pace=1": 3, "pace=2": 3, "pace=3": 3}


@pytest.mark.parametrize("again", ["same backend", "next process"])
def test_what_is_known_is_not_measured(path: Path, again: str) -> None:
    wind(pace_2=0.5e-3)
    backend = tuned_backend(path)
    first = backend.choose(site())
    Toy.calls.clear()
    wind(pace_3=0.5e-3)
    second = (backend if again == "same backend" else tuned_backend(path)).choose(site(name="another"))
    assert not Toy.calls
    assert (second.settings, second.notes) == (first.settings, first.notes)


def test_another_shape_is_measured(path: Path) -> None:
    backend = tuned_backend(path)
    backend.choose(site(1000))
    Toy.calls.clear()
    backend.choose(site(1001))
    assert Toy.calls


def test_the_test_phase_measures_forward_alone(path: Path) -> None:
    backend = tuned_backend(path)
    assert backend.choose(site(backward=False)).settings == {"pace": 1}
    assert Toy.calls["back=slow"] == Toy.calls["back=fast"] == 0
    Toy.calls.clear()
    backend.choose(site())
    assert Toy.calls["back=slow"] > 0 < Toy.calls["back=fast"]
    assert Toy.calls["pace=3"] == 0, "the training net's forward is that of the test net"


def test_small_layers_are_not_measured(path: Path) -> None:
    assert tuned_backend(path).choose(site(10)).settings == {}
    assert not Toy.calls


def test_another_packages_kernel(path: Path) -> None:
    wind(rival=0.8e-3)
    choice = tuned_backend(path, kernel=ToyWithRival).choose(site())
    assert choice.kernel.__name__ == "Rival"
    assert choice.settings == {}
    assert choice.declined[-1][1] == "slower here"


def test_another_packages_kernel_must_be_clearly_faster(path: Path) -> None:
    wind(rival=0.9e-3)
    choice = tuned_backend(path, kernel=ToyWithRival).choose(site())
    assert choice.kernel is ToyWithRival
    assert choice.notes[-1].startswith("whole: ")
    assert "Rival 1.800 ms" in choice.notes[-1]


def test_only_kernels_that_say_so_have_rivals(path: Path) -> None:
    wind(rival=0.1e-3)
    assert tuned_backend(path).choose(site()).kernel is Toy


def test_the_kernel_works_as_chosen_and_explain_says_so(path: Path) -> None:
    wind(pace_2=0.5e-3)
    backend = tuned_backend(path)
    data = MemoryDataLayer(name="data", data=[grid((100, 1000), 1)], batch_size=100, tops=["x"])
    net = Net("n", backend, [data, PowerLayer(name="p", power=2, bottoms=["x"], tops=["y"])], phase="test")
    Toy.calls.clear()
    net.forward()
    assert Toy.calls == {"pace=2": 1}
    lines = net.explain().splitlines()
    row = next(k for k, line in enumerate(lines) if line.startswith("p "))
    assert "Toy pace=2" in lines[row]
    assert lines[row + 1].strip() == "forward: pace=2 0.500 ms, pace=1 1.000 ms, pace=3 1.000 ms"


def test_without_autotuning_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))

    def refine(*_: Any) -> None:
        pytest.fail("measured")

    monkeypatch.setattr("mocha_cython.tuning.tuner.Tuner.refine", refine)
    backend = CythonBackend(autotune=False)
    choice = backend.choose(site())
    assert choice.settings == {}
    assert choice.notes == ()
    assert "no autotuning" in " ".join(backend.registry.reports)
    assert list(tmp_path.iterdir()) == []


def test_the_option_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(machine.AUTOTUNE, raising=False)
    assert CythonBackend().tuner is not None
    monkeypatch.setenv(machine.AUTOTUNE, "0")
    assert CythonBackend().tuner is None
    assert CythonBackend(autotune=True).tuner is not None
