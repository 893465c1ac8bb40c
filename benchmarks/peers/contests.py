"""The contests: which net, at which batch size, doing what, and what issue and reference ask of the ratio."""

from __future__ import annotations

from dataclasses import dataclass

TRAINING, INFERENCE = "training step", "inference"
MOCHA, NO_UPDATE, ONNX = "mocha", "mocha, no update", "onnx"
"""Names of contestants; the others are PyTorch's modes, "torch eager" and so on."""

MODES = ("eager", "channels_last", "compile", ONNX)
"""What may take part against us."""


@dataclass(frozen=True)
class Contest:
    """A net of `nets` and `peers.torch_nets`, and one of two tasks.

    must, aim: upper limits of our time over the best rival's; 0 for none.   rivals: whose modes count for that.
    caffe: milliseconds of the real Caffe, forward and backward, from one run to the next.
    """

    net: str
    shape: tuple[int, ...]
    task: str
    must: float
    aim: float = 0.0
    rivals: tuple[str, ...] = ("torch",)
    caffe: tuple[float, float] = (0.0, 0.0)

    @property
    def label(self) -> str:
        return f"{self.net}, {self.shape[0]}"

    @property
    def flat(self) -> bool:
        """No images, so no layout to choose."""
        return len(self.shape) == 2


LENET, CIFAR, MLP = (64, 1, 28, 28), (100, 3, 32, 32), (100, 784)
CAFFENET, SQUEEZENET = (32, 3, 227, 227), (1, 3, 227, 227)

CAFFE_MUST = 0.25
"""Limit of our forward and backward over the real Caffe's."""

# The real Caffe (BVLC 1.0, OpenBLAS with AVX-512 kernels, `caffe time`, 2 threads, 2 cores of an AMD EPYC (Zen 5), the
# class of machine that the targets were set on): the best run, and the usual one (CIFAR-10: 144 to 156).
CAFFE_LENET, CAFFE_CIFAR = (11.3, 13.9), (110.0, 150.0)

CONTESTS = (
    Contest("lenet", LENET, TRAINING, 0.55, 0.35, caffe=CAFFE_LENET),
    Contest("cifar10_full", CIFAR, TRAINING, 0.65, 0.45, caffe=CAFFE_CIFAR),
    Contest("dropout_mlp", MLP, TRAINING, 0.5, 0.35),
    Contest("caffenet", CAFFENET, TRAINING, 0.85, 0.65),
    Contest("lenet", LENET, INFERENCE, 0.7),
    Contest("cifar10_full", CIFAR, INFERENCE, 0.8),
    Contest("dropout_mlp", MLP, INFERENCE, 0.7),
    Contest("caffenet", CAFFENET, INFERENCE, 0.9),
    Contest("squeezenet", SQUEEZENET, INFERENCE, 1.0, rivals=("torch", "onnx")),
)
NETS = tuple(dict.fromkeys(contest.net for contest in CONTESTS))
