"""Snapshots of another net, another method, other data: the error names all that differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import SGD, DefaultBackend, Net, SnapshotError, Solver, spec

from .newcomer import Case, changed, check, fingerprint, layers, train, write_data

WHOSE = [
    "snapshots/snapshot-000012.h5",
    "another training (net 'first-train', SGD())",
    "with SGD()",
    "folder of its own",
]

CASES = {
    "another size": Case(
        SnapshotError,
        [
            *WHOSE,
            "its ip1___weight is 5 x 4, the net's is 6 x 4",
            "its ip1___bias is 1 x 5, the net's is 1 x 6",
            "its ip2___weight is 3 x 5, the net's is 3 x 6. Give",
        ],
        make=changed(1, output_dim=6),
        toml=("output_dim = 5", "output_dim = 6"),
    ),
    "another name": Case(
        SnapshotError,
        [
            *WHOSE,
            "it has no fc1___weight (5 x 4); it has no fc1___bias (1 x 5)",
            "it has ip1___bias (1 x 5), which the net has not; it has ip1___weight (5 x 4), which the net has not",
        ],
        make=changed(1, name="fc1"),
        toml=('name = "ip1"', 'name = "fc1"'),
    ),
    "another data layer": Case(
        SnapshotError,
        [*WHOSE, "its data layers are ['train-data'], the net's are ['digits']"],
        make=changed(0, name="digits"),
        toml=('name = "train-data"', 'name = "digits"'),
    ),
    "wider data": Case(
        SnapshotError,
        [*WHOSE, "its ip1___weight is 5 x 4, the net's is 5 x 6"],
        lambda: write_data("data.h5", data=[[0.0] * 6] * 20),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


@spec
class Ascent(SGD):
    """Another method with the same history."""


def test_another_method(trained: Path) -> None:
    before = fingerprint()
    with DefaultBackend("cpu") as backend, Net("first-train", backend, layers()) as net:
        with pytest.raises(
            SnapshotError, match=r"its method is SGD\(\), the solver's is Ascent\(\)\. Give .*own; where"
        ):
            Solver(Ascent(), {"max_iter": 16, "load_from": "snapshots"}).solve(net)
        assert not any(parameter.ready for parameter in net.all_parameters)
        Solver(Ascent(), {"max_iter": 0, "load_from": "snapshots", "load_solver_state": False}).solve(net)
    assert fingerprint() == before


def test_a_difference_is_told_once(trained: Path) -> None:
    with pytest.raises(SnapshotError) as caught:
        train(changed(1, output_dim=6))
    assert str(caught.value).count("ip1___weight") == 1
