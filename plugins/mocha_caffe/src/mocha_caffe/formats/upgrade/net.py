"""A net of any age in the current format, by Caffe's own rules and in their order."""

from __future__ import annotations

from dataclasses import dataclass

from ..message import Message
from ..numberless import whole
from .batch_norm import upgrade_batch_norm
from .data_fields import upgrade_data_fields
from .inputs import upgrade_inputs
from .v0 import is_v0, upgrade_v0
from .v1 import upgrade_v1


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The net, and what the user should know about the way there."""

    net: Message
    notes: tuple[str, ...] = ()


def upgrade_net(net: Message) -> Upgraded:
    """`net` itself is left as it is; blobs are shared, not copied.

    >>> old = Message("NetParameter", input=["data"], input_dim=[1, 3, 8, 8])
    >>> old.make("layers", name="relu", type="RELU")
    name: "relu"
    type: RELU
    >>> [layer.type for layer in upgrade_net(old).net.layer]
    ['Input', 'ReLU']
    """
    notes: list[str] = []
    if is_v0(net):
        net = upgrade_v0(net, notes)
    if net.layers:
        net = upgrade_v1(upgrade_data_fields(net), notes)
    if net.input:
        net = upgrade_inputs(net, notes)
    if any("prototxt" in layer for layer in net.layer):
        net = net.copy()
        net.layer = [whole(layer) for layer in net.layer]
    return Upgraded(upgrade_batch_norm(net), tuple(notes))
