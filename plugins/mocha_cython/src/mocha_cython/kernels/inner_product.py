"""The kernel of `InnerProductLayer`, alone and with the ReLU behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mocha_core.blob import Array, Blob
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layer import Layer
from mocha_core.layers import NeuronLayer
from mocha_core.neurons import Neurons
from mocha_core.passes import members_of
from mocha_cpu.workspace import Want, carve, request

from .. import _inner_product as native
from ..tuning import NO_SETTINGS, Decision, Settings, Tunable


class InnerProduct(Tunable):
    """y = f(x W' + b);  dy <- dy f'(y), then dW = dy' x, db = the sum of dy over the batch, dx = dy W.

    Where nothing is joined, the NumPy backend's kernel, which calls BLAS, may be faster.
    """

    samples: ClassVar[int] = 128
    has_rivals: ClassVar[bool] = True

    @classmethod
    def decisions(cls, backend: Any, site: Site) -> Sequence[Decision]:
        return ()

    @classmethod
    def accepts(cls, backend: Any, site: Site, settings: Settings = NO_SETTINGS) -> Accept | Decline:
        followers = members_of(site.layer)[1:]
        if site.dtype != "float32":
            return Decline(f"{site.dtype}")
        if len(site.bottoms) > 1:
            return Decline("several bottoms share the weights")
        product: Any = site.layer.lead
        if product.transposed or len(site.plan.tops[0].shape) > 2:
            return Decline("the weight is stored transposed, or the features begin after axis 1")
        if not knows(followers):
            return Decline(f"does not know what follows: {followers}")
        saves = frozenset(({"xs"} if site.trains else set()) | ({"ys"} if followers else set()))
        return Accept(request(site.dtype, backward=cls._wants(backend, site)), saves=saves)

    @staticmethod
    def _wants(backend: Any, site: Site) -> list[Want]:
        if not site.has_backward:
            return []
        floats = native.scratch_floats(backend.level, backend.threads, *site.plan.tops[0].shape)
        return [Want((floats,), site.dtype)]

    def __init__(self, backend: Any, state: LayerState, settings: Settings = NO_SETTINGS) -> None:
        wants = self._wants(backend, state.site)
        product = native.InnerProduct(
            backend.level,
            backend.threads,
            state.bottoms[0].array,
            state.params["weight"].array,
            _array(state.params.get("bias")),
            state.tops[0].array,
            relu=len(members_of(state.layer)) > 1,
            dy=_first(state.top_diffs),
            dx=_first(state.bottom_diffs),
            dweight=_array(state.param_diffs.get("weight")),
            dbias=_array(state.param_diffs.get("bias")),
            scratch=carve(state.scratch[1].array, wants)[0] if wants else None,
        )
        self.forward, self.backward = product.forward, product.backward  # type: ignore[method-assign]

    def forward(self) -> None:
        """Replaced by the compiled one."""

    def backward(self) -> None:
        """Replaced by the compiled one."""


def knows(followers: tuple[Layer, ...]) -> bool:
    """Whether these layers behind an inner product are part of its kernel: at most a ReLU."""
    match followers:
        case ():
            return True
        case (NeuronLayer(neuron=neuron),):
            return neuron == Neurons.ReLU()
    return False


def _array(blob: Blob | None) -> Array | None:
    return None if blob is None else blob.array


def _first(blobs: tuple[Blob | None, ...]) -> Array | None:
    return _array(blobs[0]) if blobs else None
