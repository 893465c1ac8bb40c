"""The compiled convolution against its formula in float64, at every instruction set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from mocha_core.ops import Grid, correlate, correlate_adjoint, correlate_weight
from mocha_core.testing.tolerances import size_of, tolerance
from mocha_cython._convolution import Convolution, Sizes
from mocha_cython._levels import best

LEVELS = range(best() + 1)
Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Case:
    """A convolution: image (num, height, width, channels) and options."""

    image: tuple[int, int, int, int]
    filters: int
    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    pad: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    def sizes(self, level: int, threads: int, **options: Any) -> Sizes:
        shape = (self.image, self.filters, self.kernel, self.stride, self.pad, self.dilation, self.groups)
        return Sizes(level, threads, *shape, **options)

    def grid(self) -> Grid:
        return Grid.convolution(self.image[1:3], self.kernel, self.stride, self.pad, self.dilation)


CASES = [
    Case((5, 7, 7, 1), 20, (5, 5)),
    Case((2, 12, 12, 20), 50, (5, 5)),
    Case((3, 13, 13, 3), 33, (5, 5), pad=(2, 2)),
    Case((2, 9, 8, 32), 32, (5, 5), pad=(2, 2)),
    Case((1, 13, 7, 17), 16, (3, 3), pad=(1, 1)),
    Case((2, 7, 13, 16), 5, (1, 1)),
    Case((1, 1, 1, 33), 100, (1, 1)),
    Case((2, 2, 1, 5), 3, (2, 1), pad=(1, 0)),
    Case((2, 13, 13, 3), 17, (4, 3), stride=(3, 2), pad=(1, 2)),
    Case((1, 11, 9, 5), 3, (3, 2), stride=(2, 3), dilation=(2, 3), pad=(2, 1)),
    Case((2, 7, 7, 12), 24, (3, 3), pad=(1, 1), groups=2),
    Case((2, 7, 7, 15), 10, (2, 3), stride=(2, 2), dilation=(1, 2), groups=5),
    Case((2, 3, 3, 4), 6, (2, 2), pad=(3, 3)),
    Case((1, 5, 5, 2), 70, (1, 1), stride=(2, 2)),
    Case((2, 33, 65, 20), 40, (3, 5), pad=(1, 2)),
    Case((1, 26, 17, 5), 24, (3, 3), pad=(1, 1)),
    Case((1, 41, 30, 3), 16, (5, 4), stride=(2, 2), pad=(2, 1)),
    Case((1, 6, 5, 9), 32, (2, 3), pad=(0, 1)),
    Case((2, 9, 9, 24), 33, (3, 3)),
    Case((2, 9, 8, 64), 38, (3, 3), pad=(1, 1), groups=2),
    Case((1, 9, 9, 48), 20, (3, 3), dilation=(2, 2)),
]


def arrays(case: Case, seed: int = 0) -> Arrays:
    rng = np.random.default_rng(seed)
    n, _, _, channels = case.image
    shapes = {
        "x": case.image,
        "filter": (case.filters, channels // case.groups, *case.kernel),
        "bias": (case.filters,),
        "dy": (n, *case.grid().out, case.filters),
    }
    return {name: rng.standard_normal(shape).astype("f4") for name, shape in shapes.items()}


def scratch(floats: int) -> np.ndarray[Any, Any]:
    """Memory that holds nonsense, as another layer would leave it."""
    return np.full(floats, np.nan, "f4")


def run(case: Case, given: Arrays, sizes: Sizes, add: float | None = None) -> Arrays:
    """Everything that forward and backward write."""
    out = {"y": np.full(sizes.top, np.nan, "f4")}
    for name in ("x", "filter", "bias"):
        out["d" + name] = np.full(given[name].shape, np.nan if add is None else add, "f4")
    Convolution(sizes, given["x"], given["filter"], given["bias"], out["y"], scratch(sizes.forward_scratch)).forward()
    Convolution(
        sizes, given["x"], given["filter"], given["bias"], out["y"], scratch(sizes.forward_scratch),
        given["dy"].copy(), out["dx"], out["dfilter"], out["dbias"], scratch(sizes.backward_scratch),
        add=add is not None,
    ).backward()  # fmt: skip
    return out


def expected(case: Case, given: Arrays, y: np.ndarray[Any, Any] | None = None) -> Arrays:
    """The same by the formula; y: the outputs of a ReLU whose mask counts."""
    x, dy = (np.moveaxis(given[name].astype("f8"), -1, 1) for name in ("x", "dy"))
    weight, grid = given["filter"].astype("f8"), case.grid()
    if y is not None:
        dy = dy * np.moveaxis(y > 0, -1, 1)
    return {
        "y": np.moveaxis(correlate(np, x, weight, grid, case.groups), 1, -1) + given["bias"],
        "dx": np.moveaxis(correlate_adjoint(np, dy, weight, grid, case.groups), 1, -1),
        "dfilter": correlate_weight(np, x, dy, grid, case.groups),
        "dbias": dy.sum(axis=(0, 2, 3)),
    }


def check(case: Case, got: Arrays, want: Arrays) -> None:
    cells, pixels = np.prod(case.kernel), np.prod(got["y"].shape[:3])
    terms = {
        "y": cells * case.image[3],
        "dx": cells * case.filters,
        "dfilter": pixels,
        "dbias": pixels,
    }
    for name, value in want.items():
        limit = tolerance("float32", int(terms[name]), max(size_of(value), 1.0))
        np.testing.assert_allclose(got[name], value, rtol=0, atol=limit, err_msg=name)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_formula(case: Case, level: int) -> None:
    given = arrays(case)
    for threads, way in ((1, "gather"), (2, "scatter"), (3, "default")):
        check(case, run(case, given, case.sizes(level, threads, way=way)), expected(case, given))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("panels", [1, 2, 3, 5, 100])
def test_every_packing_is_right(panels: int, level: int) -> None:
    case = Case((2, 6, 6, 9), 50, (3, 3), pad=(1, 1))
    given = arrays(case)
    for way in ("gather", "scatter"):
        sizes = case.sizes(level, 2, panels=panels, back_panels=panels, sum_panels=panels, way=way)
        check(case, run(case, given, sizes), expected(case, given))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("case", CASES[:9:2], ids=str)
def test_relu_is_fused(case: Case, level: int) -> None:
    given = arrays(case)
    got = run(case, given, case.sizes(level, 2, relu=True))
    want = expected(case, given, got["y"])
    check(case, got, want | {"y": np.maximum(want["y"], 0)})
    assert got["y"].min() == 0, "the case has no negative value: it proves nothing"


@pytest.mark.parametrize("num", [1, 2, 5, 16])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_same_bits_every_time(threads: int, num: int) -> None:
    case = Case((num, 12, 12, 20), 50, (5, 5), pad=(1, 1))
    given = arrays(case)
    first = run(case, given, case.sizes(best(), threads))
    for _ in range(5):
        again = run(case, given, case.sizes(best(), threads))
        assert all(np.array_equal(first[name], again[name]) for name in first)


def test_pixels_may_lie_apart() -> None:
    """Images in, and images out, that are slices of the channels of wider blobs."""
    case = Case((2, 6, 5, 3), 20, (3, 3), pad=(1, 1))
    given, wide = arrays(case), arrays(Case((2, 6, 5, 7), 32, (3, 3), pad=(1, 1)))
    wide["x"][..., :3], wide["dy"][..., :20] = given["x"], given["dy"]
    wide |= {name: given[name] for name in ("filter", "bias")}
    sizes = case.sizes(best(), 2, ldx=7, ldy=32)
    out = np.full(wide["dy"].shape, 7.0, "f4")
    dx, dfilter = np.full(wide["x"].shape, 7.0, "f4"), np.empty_like(given["filter"])
    bound = Convolution(
        sizes, wide["x"], given["filter"], given["bias"], out, scratch(sizes.forward_scratch), wide["dy"], dx, dfilter,
        None, scratch(sizes.backward_scratch),
    )  # fmt: skip
    bound.forward()
    bound.backward()
    got = {"y": out[..., :20], "dx": dx[..., :3], "dfilter": dfilter}
    want = expected(case, given)
    check(case, got, {name: want[name] for name in got})
    assert (out[..., 20:] == 7).all()
    assert (dx[..., 3:] == 7).all()


def test_gradients_add_up() -> None:
    case = CASES[2]
    given = arrays(case)
    got, want = run(case, given, case.sizes(best(), 2), add=10.0), expected(case, given)
    check(case, got, want | {"dfilter": want["dfilter"] + 10, "dbias": want["dbias"] + 10})


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_finite_stays_so(level: int) -> None:
    case = Case((1, 5, 5, 3), 20, (3, 3), pad=(1, 1))
    given = arrays(case)
    given["x"][0, 2, 2, 1] = np.nan
    y = run(case, given, case.sizes(level, 1, relu=True))["y"]
    assert np.isnan(y[0, 1:4, 1:4]).all()
    assert np.isfinite(y[0, 0]).all()


def test_arrays_of_the_wrong_size_are_refused() -> None:
    case = Case((1, 5, 5, 3), 20, (3, 3))
    sizes, given = case.sizes(best(), 1), arrays(case)
    with pytest.raises(ValueError, match="too small"):
        Convolution(sizes, given["x"], given["filter"], given["bias"], np.empty(7, "f4"), scratch(10**6))


def test_scattered_memory_is_refused() -> None:
    case = Case((1, 5, 5, 3), 20, (3, 3))
    sizes, given = case.sizes(best(), 1), arrays(case)
    y = np.empty((*sizes.top[:3], 40), "f4")[..., ::2]
    with pytest.raises(ValueError, match="contiguous"):
        Convolution(sizes, given["x"], given["filter"], given["bias"], y, scratch(sizes.forward_scratch))
