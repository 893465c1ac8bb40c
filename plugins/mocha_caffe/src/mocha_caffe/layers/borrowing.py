"""A layer some of whose parameters are another layer's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.layer import Grads, Layer, Values
from mocha_core.plan import Plan, Traits
from mocha_core.specs import Spec, spec


@spec(kw_only=True)
class Loan(Spec):
    """The parameter `own` of a layer is the parameter `name`, of shape `shape`, of the layer with the key `key`.

    >>> Loan(own="weight", key="ip1", name="weight", shape=(10, 50)).key
    'ip1'
    """

    own: str
    key: str
    name: str
    shape: Sequence[int]

    def check(self) -> None:
        self._put("shape", tuple(self.shape))


@spec(kw_only=True)
class BorrowingLayer(Layer):
    """Another layer, `member`, with some of its parameters borrowed: what `param { name: "..." }` means where two
    layers of Caffe share one of their blobs, and keep the others for themselves.

    A borrowed parameter may have another shape, if it has as many numbers. It learns as its owner says, with the sum of
    all gradients. Make it with `BorrowingLayer.of(member, loans)`. It runs on the formulas of the member, not on its
    fast kernels.

    >>> from mocha_core import InnerProductLayer
    >>> ip = InnerProductLayer(name="b", output_dim=3, bottoms=["x"], tops=["y"])
    >>> shared = BorrowingLayer.of(ip, [Loan(own="weight", key="a", name="weight", shape=(3, 4))])
    >>> [param.owner for param in shared.plan((BlobSpec((2, 4)),)).params]
    ['a', '']
    """

    member: Layer
    loans: Sequence[Loan]

    traits = Traits()

    @staticmethod
    def of(member: Layer, loans: Sequence[Loan]) -> BorrowingLayer:
        """The layer under its own name."""
        return BorrowingLayer(
            name=member.name, bottoms=member.bottoms, tops=member.tops, phases=member.phases, member=member, loans=loans
        )

    def check_options(self) -> None:
        self._put("loans", tuple(self.loans))
        if self.member.parts() != (self.member,) or not self.member.traits.computes:
            raise self.refuse(f"{type(self.member).__name__} cannot share only some of its parameters")

    @property
    def key(self) -> str:
        return self.member.key

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan = self.member.plan(bottoms)
        loans = {loan.own: loan for loan in self.loans}
        params = tuple(
            replace(p, name=loans[p.name].name, shape=self._shape(loans[p.name], p.shape), owner=loans[p.name].key)
            if p.name in loans
            else p
            for p in plan.params
        )
        if len({p.name for p in params}) != len(params):
            raise self.refuse(f"two of its parameters would have one name: {', '.join(p.name for p in params)}")
        return replace(plan, params=params)

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        return self.member.flops(bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return self.member.forward(xp, self._inside(xp, v))

    def backward(self, xp: Any, v: Values) -> Grads:
        grads = self.member.backward(xp, self._inside(xp, v))
        loans = {loan.own: loan for loan in self.loans}
        return Grads(
            grads.xs,
            {
                loans[own].name if own in loans else own: xp.reshape(g, loans[own].shape) if own in loans else g
                for own, g in grads.params.items()
            },
        )

    def _shape(self, loan: Loan, own: Shape) -> Shape:
        if math.prod(loan.shape) != math.prod(own):
            raise self.misfit(
                f"its {loan.own} is {BlobSpec(own)}, and {loan.key}___{loan.name}, which it shares, is "
                f"{BlobSpec(tuple(loan.shape))}"
            )
        return tuple(loan.shape)

    def _inside(self, xp: Any, v: Values) -> Values:
        """The values with the parameters as the member has them."""
        bottoms = tuple(BlobSpec(tuple(x.shape)) for x in v.xs)
        shapes = {p.name: p.shape for p in self.member.plan(bottoms).params}
        names = {loan.own: loan.name for loan in self.loans}
        params: Mapping[str, Array] = {
            own: xp.reshape(v.params[names.get(own, own)], shape) for own, shape in shapes.items()
        }
        return replace(v, params=params)
