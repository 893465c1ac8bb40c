"""Every way of convolving is right for every shape, also where another one would be chosen."""

from __future__ import annotations

import pytest

from mocha_core import ConvolutionLayer
from mocha_core.blob import BlobSpec
from mocha_core.testing import CHECKS, FAMILIES, Bottom, Case, Family, Rig, explore
from mocha_cpu import CpuBackend
from mocha_cpu.kernels.convolution import choice, pixels, planes
from mocha_cpu.kernels.convolution.geometry import Conv

CONVOLUTIONS = [family for family in FAMILIES if family.label in ("convolution", "convolution-groups")]
BY_PLANE = {"in_planes": lambda conv: True}
CELL_BY_CELL = {"in_planes": lambda conv: False, "by_reflection": lambda conv: False}
BY_REFLECTION = {"in_planes": lambda conv: False, "by_reflection": lambda conv: conv.reflects}
WAYS = {"by plane": BY_PLANE, "cell by cell": CELL_BY_CELL, "by reflection": BY_REFLECTION}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, rule in WAYS[request.param].items():
        monkeypatch.setattr(choice, name, rule)
    return str(request.param)


@pytest.mark.parametrize("family", CONVOLUTIONS, ids=lambda family: family.label)
@pytest.mark.parametrize("name", ["forward_matches", "backward_matches", "saves_are_honest"])
def test_way(way: str, family: Family, name: str, backend: CpuBackend) -> None:
    (check,) = (check for check in CHECKS if check.name == name)

    def look(case: Case) -> None:
        for dtype in ("float32", "float64"):
            check(case, backend, dtype)

    explore(family.cases, family.plain, look)


@pytest.mark.parametrize("pad", [(1, 1), (0, 2)])
def test_a_padded_one_by_one_kernel_has_more_windows_than_elements(pad: tuple[int, int]) -> None:
    layer = ConvolutionLayer(name="conv", pad=pad, bottoms=["x"], tops=["y"])
    assert not Conv.of(layer, BlobSpec((2, 3, 9, 9))).one_by_one
    assert Conv.of(layer.replace(pad=0), BlobSpec((2, 3, 9, 9))).one_by_one


def test_both_families_are_there() -> None:
    assert len(CONVOLUTIONS) == 2


@pytest.mark.parametrize(
    ("shape", "options", "product"),
    [
        ((64, 1, 28, 28), {"kernel": 5}, planes.Product),
        ((64, 20, 12, 12), {"kernel": 5}, pixels.Product),
        ((2, 3, 227, 227), {"kernel": 11, "stride": 4}, pixels.Product),
        ((2, 64, 14, 14), {"kernel": 1}, planes.Product),
        ((2, 64, 14, 14), {"kernel": 1, "stride": 2}, pixels.Product),
        ((2, 64, 14, 14), {"kernel": 1, "pad": 1}, pixels.Product),
    ],
)
def test_choice(shape: tuple[int, ...], options: dict[str, int], product: type, backend: CpuBackend) -> None:
    layer = ConvolutionLayer(name="conv", n_filter=8, bottoms=["x"], tops=["y"], **options)
    rig = Rig(Case(layer, (Bottom(shape),)), backend, "float32")
    assert type(rig.kernel.product) is product


def test_strided_convolutions_do_not_reflect() -> None:
    layer = ConvolutionLayer(name="conv", kernel=3, stride=2, bottoms=["x"], tops=["y"])
    assert not Conv.of(layer, BlobSpec((2, 3, 9, 9))).reflects
    assert Conv.of(layer.replace(stride=1), BlobSpec((2, 3, 9, 9))).reflects
    assert not Conv.of(layer.replace(stride=1, pad=3), BlobSpec((2, 3, 9, 9))).reflects
