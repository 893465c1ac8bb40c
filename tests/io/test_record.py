"""A snapshot whose record lacks something that training reads, or holds it in another form, changes no net."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import DefaultBackend, spec
from mocha_core.errors import SnapshotError
from mocha_core.io.snapshot_file import read_snapshot, write_snapshot
from mocha_core.solvers import Policy, solve

from .training import bits, make_solver, real_net, train

LAST = "snapshot-000006.h5"
READ = ("version", "net", "method", "params", "iter", "obj_val", "fields", "updates", "seed", "random", "data")
WRONG: dict[str, tuple[Any, ...]] = {
    "version": ("1", None),
    "net": (3,),
    "method": (None,),
    "params": ([], {"max_iter": 6}),
    "iter": ("x", -5, 6.0, True),
    "obj_val": (None, "0.5"),
    "fields": ([0.1], {"learning_rate": "0.1"}),
    "updates": ([1], {"ip1___weight": -1}),
    "random": (5, {"drop/mask": 0.5}),
    "data": ([], {"data": [1]}),
    "lounge": ([], {"coffees": []}, {"epoch": 0}, {"epoch": 0, "coffees": [["TrainingSummary"]]}),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with snapshots of iterations 0, 3 and 6."""
    train(real_net(), folder := tmp_path_factory.mktemp("trained"), 6)
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(trained, tmp_path / "snapshots"))


def altered(path: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """The file with another record, and a checksum that is right."""
    contents = read_snapshot(path)
    contents.record = dict(contents.record)
    change(contents.record)
    write_snapshot(path, contents)
    return path


def refused(path: Path, told: str) -> None:
    """Training neither goes on from it nor changes the net."""
    net = real_net()
    net.init()
    before = bits(net)
    with pytest.raises(SnapshotError, match=f"{path.name}: its record has {told}.*load_solver_state=False"):
        solve(make_solver(None, 9, load_from=path), net)
    assert bits(net) == before
    net.close()


@pytest.mark.parametrize("name", READ)
def test_without_one_of_them_training_does_not_begin(folder: Path, name: str) -> None:
    refused(altered(folder / LAST, lambda record: record.pop(name)), f"no {name}, ")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]], ids=repr)
def test_what_is_of_another_form_is_refused(folder: Path, name: str, value: Any) -> None:
    refused(altered(folder / LAST, lambda record: record.update({name: value})), f"{name} = ")


def test_a_folder_gives_the_snapshot_before_it(folder: Path) -> None:
    altered(folder / LAST, lambda record: record.pop("updates"))
    whole, resumed = real_net(), real_net()
    train(whole, None, 9)
    solve(make_solver(None, 9, load_from=folder), resumed)
    assert bits(resumed) == bits(whole)


def test_its_parameters_can_be_had(folder: Path) -> None:
    whole, taken = (real_net() for _ in range(2))
    solve(make_solver(None, 0, load_from=folder / LAST), whole)
    path = altered(folder / LAST, lambda record: record.pop("updates"))
    solver = make_solver(None, 0, load_from=path, load_solver_state=False)
    solve(solver, taken)
    assert bits(taken) == bits(whole)


@spec
class Single(Policy):
    """Answers with a number of NumPy's."""

    base: float

    def __call__(self, iteration: int) -> float:
        return np.float32(self.base)  # type: ignore[return-value]


def test_numbers_of_numpy_are_as_good(tmp_path: Path) -> None:
    """Of a seed, of parameters, and of a policy."""
    params = {"lr_policy": Single(0.5), "regu_coef": np.float32(0.25), "iter_size": np.int64(2)}
    whole, killed, resumed = (real_net(DefaultBackend("cpu", seed=np.int64(7))) for _ in range(3))
    straight = train(whole, None, 6, **params)
    train(killed, tmp_path, 3, **params)
    again = train(resumed, tmp_path, 6, load_from=tmp_path, **params)
    assert bits(resumed) == bits(whole)
    assert again.state.fields == straight.state.fields
