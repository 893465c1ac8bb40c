"""PyTorch on a GPU: eager, torch.compile(mode="max-autotune"), and a whole step as one CUDA graph of its own.

As ours does, every step copies its batch from pinned memory of the host, without waiting for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from peers.torch_steps import model_of
from torch import nn

from .contests import COMPILE, EAGER, GRAPH
from .runners import Runner

WARM_UP = 3
"""Steps on a stream of their own before a graph is recorded, as PyTorch's manual asks for."""


def set_math(math: str) -> None:
    """The same arithmetic as ours. PyTorch would use TF32 for convolutions if it were not told."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = math != "float32"
    torch.backends.cudnn.benchmark = True


class TorchRunner(Runner):
    """One mode; the model has parameters of its own."""

    def __init__(self, name: str, mode: str, x: np.ndarray, parameters: Sequence[np.ndarray], math: str, device: str):
        set_math(math)
        self.device, self.math = device, math
        before = self._fresh_peak()
        self.model = model_of(name, parameters).to(device).train()
        self.host = torch.from_numpy(x)
        self.host = self.host.pin_memory() if device == "cuda" else self.host
        self.x = self.host.to(device)
        self.first_scores = self._scores()
        self.label = torch.arange(len(x), device=device) % self.first_scores.shape[1]
        options = {"fused": True} if device == "cuda" else {"foreach": True}
        self.sgd = torch.optim.SGD(self.model.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-3, **options)
        self.loss = torch.compile(self._loss, mode="max-autotune") if mode == COMPILE else self._loss
        self.step: Callable[[], object] = self._recorded() if mode == GRAPH else self._step
        self.run(WARM_UP)
        self._taken = self._peak() - before

    def run(self, count: int) -> None:
        for _ in range(count):
            self.step()
        self._sync()

    def peak_bytes(self) -> int:
        """Of this contestant alone: what its first steps took beyond what the others hold."""
        return self._taken

    def close(self) -> None:
        del self.model, self.sgd, self.loss, self.step, self.x
        if self.device == "cuda":
            torch.cuda.empty_cache()

    def _scores(self) -> np.ndarray:
        """Class scores in the test phase, before any training, to see that both compute the same."""
        with torch.inference_mode():
            found = self.model.eval()(self.x).float().cpu().numpy()
        self.model.train()
        return np.asarray(found)

    def _loss(self) -> torch.Tensor:
        with self._arithmetic():
            return nn.functional.cross_entropy(self.model(self.x), self.label)

    def _arithmetic(self) -> Any:
        if self.math == "bf16":
            return torch.autocast(self.device, torch.bfloat16)
        return contextlib.nullcontext()

    def _step(self, keep: bool = False) -> None:
        self.x.copy_(self.host, non_blocking=True)
        self.sgd.zero_grad(set_to_none=not keep)
        self.loss().backward()
        self.sgd.step()

    def _recorded(self) -> Callable[[], object]:
        """The step as a graph: gradients stay where they are, so they are set to zero instead of given back."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                self._step(keep=True)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step(keep=True)
        return graph.replay

    def _sync(self) -> None:
        if self.device == "cuda":
            torch.cuda.synchronize()

    def _fresh_peak(self) -> int:
        """Begin to measure anew, from what is held now."""
        if self.device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        return self._peak()

    def _peak(self) -> int:
        return int(torch.cuda.max_memory_reserved()) if self.device == "cuda" else 0


def make(name: str, mode: str, x: np.ndarray, parameters: Sequence[np.ndarray], math: str) -> Runner:
    """A contestant on the GPU."""
    if mode not in (EAGER, COMPILE, GRAPH):
        raise SystemExit(f"there is no mode {mode!r}")
    torch.compiler.reset()
    return TorchRunner(name, mode, x, parameters, math, "cuda")
