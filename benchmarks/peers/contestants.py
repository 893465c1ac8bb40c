"""Everybody who takes part in a contest, with the same parameters and the same batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

import mocha_core as mocha

from . import torch_steps
from .contests import MOCHA, NO_UPDATE, ONNX, TRAINING, Contest
from .ours import Ours

Step = Callable[[], object]


def contestants(contest: Contest, backend: mocha.Backend, modes: Sequence[str], threads: int) -> dict[str, Step]:
    """Name -> step; ours first."""
    ours = Ours(contest.net, contest.shape[0], backend)
    model = torch_steps.model_of(contest.net, ours.parameters())
    _check_same(ours, model)
    torch_modes = [mode for mode in modes if mode != ONNX and not (contest.flat and mode == "channels_last")]
    if contest.task == TRAINING:
        mine = {MOCHA: ours.training()} | ({NO_UPDATE: ours.no_update()} if contest.caffe[0] else {})
        return mine | {f"torch {m}": torch_steps.training_step(model, ours.x, m) for m in torch_modes}
    peers = {f"torch {m}": torch_steps.inference(model, ours.x, m) for m in torch_modes}
    if ONNX in modes:
        from . import onnx_steps

        peers[ONNX] = onnx_steps.inference(model, ours.x, threads)
    return {MOCHA: ours.inference(), **peers}


def _check_same(ours: Ours, model: torch.nn.Module) -> None:
    """It is no contest if they do not compute the same."""
    mine = np.asarray(ours.inference()())
    theirs = torch_steps.inference(model, ours.x, "eager")().numpy()
    apart = np.abs(mine - theirs).max() / np.abs(theirs).max()
    if not apart < 1e-3:
        raise SystemExit(f"{ours.name}: with the same parameters, Mocha and PyTorch differ by {apart:.1%}")
