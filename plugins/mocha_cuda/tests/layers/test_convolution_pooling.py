"""Convolution and pooling in one go, joined in one launch or one after the other: the layers' own mathematics."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import Pooling
from mocha_core.testing import ReferenceBackend, Rig
from mocha_cuda.kernels.convolution import (
    DirectChain,
    LibraryConvolution,
    SmallConvolution,
    direct,
    joined,
    kernel,
)
from mocha_cuda.kernels.tiles import TILES

from .convolutions import OPTIONS, pooled
from .trying import check, needs_compiler, outcome, simulated

pytestmark = needs_compiler

CHAINS = list(itertools.product((Pooling.Max(), Pooling.Mean()), (False, True), (False, True)))
JOINED: list[dict[str, Any]] = [
    {"kernel": 2, "stride": 2},
    {"kernel": (4, 1), "stride": (4, 1), "divisor": "window"},
    {"kernel": (1, 4), "stride": (1, 4), "round_mode": "floor"},
    {"kernel": 2, "stride": 2, "divisor": "window"},
]
OTHERS: list[dict[str, Any]] = [
    {"kernel": 3, "stride": 2},
    {"kernel": (3, 2), "stride": (2, 1), "pad": (2, 1), "divisor": "window"},
    {"global_pooling": True},
]
LARGE_ENOUGH = [pair for pair in OPTIONS if min(pair[1][2:]) >= 5 and pair[0]["kernel"] != 2]


def cases(pools: list[dict[str, Any]]) -> list[Any]:
    """Every chain and every pooling, with the convolutions dealt out to them."""
    rest = itertools.cycle(LARGE_ENOUGH)
    found = []
    for pool, (kind, before, after) in itertools.product(pools, CHAINS):
        options, shape = next(rest)
        found.append(pooled(options, shape, pool | {"pooling": kind}, before, after))
    return found


@pytest.mark.parametrize("tile", TILES, ids=lambda tile: f"{tile.rows}x{tile.columns}")
def test_in_one_launch(tile: Any, monkeypatch: pytest.MonkeyPatch):
    """Sides that windows cover, and sides of which a part is left, or a window sticks out."""
    monkeypatch.setattr(direct, "tile_for", lambda *sizes: tile)
    for case in cases(JOINED):
        check(case, SmallConvolution)


def test_windows_that_overlap():
    for case in cases(OTHERS):
        check(case, DirectChain)


def test_by_a_library(monkeypatch: pytest.MonkeyPatch):
    for module in (joined, kernel):
        monkeypatch.setattr(module, "why_not", lambda *_: "a library is asked for")
    for case in cases([*JOINED, *OTHERS]):
        check(case, LibraryConvolution)


def test_what_is_wanted():
    for kind, before, after in CHAINS:
        for pool, chosen in ((JOINED[0], SmallConvolution), (OTHERS[0], DirectChain)):
            case = pooled(*OPTIONS[2], pool | {"pooling": kind}, before, after)
            for wants, trains in (((False,), True), ((True,), False), ((False,), False)):
                check(case, chosen, wants=wants, trains=trains)


@pytest.mark.parametrize("pool", [JOINED[0], OTHERS[0]])
def test_nan_stays(pool: dict[str, Any]):
    """As in the reference: what sees NaN is NaN, and no gradient comes through a ReLU there."""
    for kind, before, after in CHAINS:
        case = pooled({"n_filter": 5, "kernel": 3}, (2, 3, 9, 9), pool | {"pooling": kind}, before, after)
        x = Rig(case, ReferenceBackend()).bottom_values()[0].copy()
        x[0, 1, 4, 4] = np.nan
        dy = Rig(case, ReferenceBackend()).top_diff_values()[0]
        want, got = (outcome(case, backend, [x], dy) for backend in (ReferenceBackend(), simulated()))
        assert np.isnan(want["top 0"]).any()
        for name in ("top 0", "gradient of bottom 0"):
            limit = 1e-6 * 30 * float(np.nanmax(np.abs(want[name])))
            np.testing.assert_allclose(got[name], want[name], rtol=0, atol=limit, err_msg=f"{name} of {case}")


def test_nothing_is_stored_in_between():
    """What stays between forward and backward is a byte for each result."""
    case = pooled({"n_filter": 32, "kernel": 3}, (8, 3, 20, 20), JOINED[0])
    forward, _, step = Rig(case, simulated(), "float32").choice.accept.scratch
    assert forward.spec.nbytes == 0
    assert step.spec.nbytes == case.plan("float32").tops[0].size
