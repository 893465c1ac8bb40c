"""Convolutions that write next to each other into one blob, so that nothing is left to concatenate."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.layers import ConcatLayer, ConvolutionLayer, NeuronLayer
from mocha_core.passes import PassContext, members_of
from mocha_core.plan import TEST, Plan, Traits
from mocha_core.specs import spec
from mocha_core.topology import results


@spec(kw_only=True)
class PartLayer(Layer):
    """A layer for images (num, channels, ...) whose top is a stretch of the channels of a wider blob.

    bottoms: the member's only one; then, but for the first part, the wide blob as the parts before left it, on which
    the top may lie. What no part has written yet is not defined; here it is zero. Only for prediction: no gradient.

    member: whose channels they are.   start: the first of them.   channels: of the whole.
    """

    member: Layer
    start: int
    channels: int

    traits = Traits(backprop=False)

    @property
    def key(self) -> str:
        return self.member.key

    @property
    def lead(self) -> Layer:
        return self.member.lead

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        return self.member.flops(bottoms[:1])

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan = self.member.plan(bottoms[:1])
        num, _, *image = plan.tops[0].shape
        top = plan.tops[0].with_shape(num, self.channels, *image)
        if any(before != top for before in bottoms[1:]):
            raise self.misfit(f"gives {plan.tops[0]} to be joined along the channels with a part of {bottoms[1]}")
        overlays = tuple((0, k) for k in range(1, len(bottoms)))
        return Plan(tops=(top,), params=plan.params, saves=frozenset(), overlays=overlays)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        part = self.member.forward(xp, Values(xs=v.xs[:1], params=v.params, phase=v.phase))[0]
        end = self.start + part.shape[1]
        if len(v.xs) == 2:
            return (xp.concat((v.xs[1][:, : self.start], part, v.xs[1][:, end:]), axis=1),)
        num, _, *image = part.shape
        sides = [xp.zeros((num, count, *image), dtype=part.dtype) for count in (self.start, self.channels - end)]
        return (xp.concat((sides[0], part, sides[1]), axis=1),)


def parts(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """The pass: each concatenation of nothing but convolutions is done by these themselves, in the test phase."""
    if context.phase != TEST:
        return layers
    rewritten = list(layers)
    for concat in layers:
        if isinstance(concat, ConcatLayer) and concat.axis == 1:
            writers = [_writer(rewritten, name, context) for name in concat.bottoms]
            if all(writers):
                _join(rewritten, concat, [writer for writer in writers if writer])
    return tuple(rewritten)


def _writer(layers: list[Layer], name: str, context: PassContext) -> Layer | None:
    """The convolution that writes the blob for nobody but the concatenation; None if it is not so."""
    touching = Counter(bottom for layer in layers for bottom in layer.bottoms)
    found = [layer for layer in layers if results(layer) == (name,)]
    if touching[name] != 1 or name in context.pinned or len(found) != 1:
        return None
    return found[0] if _filters(found[0]) and len(found[0].bottoms) == 1 else None


def _filters(layer: Layer) -> int:
    """Channels that a convolution (with its neuron) writes; 0 for other layers."""
    match members_of(layer):
        case (ConvolutionLayer() as first,) | (ConvolutionLayer() as first, NeuronLayer()):
            return first.n_filter
    return 0


def _join(layers: list[Layer], concat: Layer, writers: list[Layer]) -> None:
    """Replace the writers, in running order, by parts that hand the wide blob on, and drop the concatenation."""
    starts = {writer.name: sum(map(_filters, writers[:k])) for k, writer in enumerate(writers)}
    before: list[str] = []
    (whole,) = concat.tops
    for count, writer in enumerate(sorted(writers, key=layers.index), start=1):
        top = whole if count == len(writers) else f"{whole}/{count}"
        part = PartLayer(
            name=writer.name,
            bottoms=[*writer.bottoms, *before],
            tops=[top],
            member=writer,
            start=starts[writer.name],
            channels=sum(map(_filters, writers)),
        )
        layers[layers.index(writer)] = part
        before = [top]
    layers.remove(concat)
