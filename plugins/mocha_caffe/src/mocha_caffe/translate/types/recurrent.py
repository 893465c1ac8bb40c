"""Layers that read sequences step by step.

Caffe's go on, where cont is 1 at the first step, with what the forward before remembered: `stateful`. With
`expose_hidden` the states are blobs in both, and a program hands them on.
"""

from __future__ import annotations

from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import InnerProductLayer, LSTMLayer, RNNLayer
from mocha_core.neurons import Neurons

from ...formats import Message
from ...layers import LSTMUnitLayer
from ..given import CaffeLayer
from ..learning import initializer, rate, regularizer
from ..registry import translates
from ..translated import Slot, Translated


@translates("LSTM")
def lstm(layer: CaffeLayer) -> Translated:
    """Gates and parameters are in Caffe's order."""
    options = common(layer, states=2)
    return Translated(layers=(layer.make(LSTMLayer, **options),), slots=slots(options))


@translates("RNN")
def rnn(layer: CaffeLayer) -> Translated:
    """o = tanh(W_ho h + b_o) is a fully connected layer on the plain recurrent one."""
    options, hidden = common(layer, states=1), layer.step("hidden")
    found = slots(options)
    product = InnerProductLayer(
        name=layer.step("output"),
        bottoms=(hidden,),
        tops=layer.tops[:1],
        output_dim=options["output_dim"],
        axis=2,
        neuron=Neurons.Tanh(),
        **rules(layer, len(found)),
    )
    part = 3 if options["stateful"] else 1
    outputs = (Slot(param="weight", of=part), Slot(param="bias", of=part, shape=(options["output_dim"],)))
    made: tuple[Layer, ...] = (layer.make(RNNLayer, tops=(hidden, *layer.tops[1:]), **options), product)
    return Translated(layers=made, slots=(*found, *outputs))


@translates("LSTMUnit")
def lstm_unit(layer: CaffeLayer) -> Layer:
    """One step, of nets that were unrolled."""
    return layer.make(LSTMUnitLayer)


def slots(options: dict[str, Any]) -> tuple[Slot, ...]:
    """Where the blobs of the recurrent layer itself go; a stateful one stands between two layers for its memories."""
    names = ("weight_x", "bias", *(("weight_static",) if options["static"] else ()), "weight_h")
    return tuple(Slot(param=name, of=int(options["stateful"])) for name in names)


def common(layer: CaffeLayer, states: int) -> dict[str, Any]:
    """The options, for a layer that remembers so many blobs."""
    block: Message = layer.block("recurrent_param")
    if not block.num_output:
        raise layer.refuse("num_output is missing: how many numbers come out of a step")
    exposed = bool(block.expose_hidden)
    extra = len(layer.bottoms) - 2 - states * exposed
    if extra not in (0, 1):
        names = "x, cont, perhaps one that does not change" + (f", and {states} first states" if exposed else "")
        raise layer.refuse(f"it needs the bottoms {names}, not {len(layer.bottoms)}")
    kinds = {"static": extra == 1, "states": exposed, "stateful": not exposed}
    return {"output_dim": block.num_output, **kinds, **rules(layer, 0)}


def rules(layer: CaffeLayer, first: int) -> dict[str, Any]:
    """How a weight, Caffe's blob `first`, and the bias after it start and learn; those further on learn alike."""
    block = layer.block("recurrent_param")
    return {
        "weight_init": initializer(layer, block, "weight_filler"),
        "bias_init": initializer(layer, block, "bias_filler"),
        "weight_lr": rate(layer, first),
        "weight_regu": regularizer(layer, first),
        "bias_lr": rate(layer, first + 1),
        "bias_regu": regularizer(layer, first + 1),
    }
