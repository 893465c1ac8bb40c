"""Kernels by the spec that they serve."""

from __future__ import annotations

from mocha_core import layers
from mocha_core.channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast
from mocha_core.kernel import Binding
from mocha_core.passes import Fused
from mocha_core.solvers import SGD, Adam, AdamW, Nesterov

from .batch_norm import BatchNorm
from .convolution import Convolution
from .dropout import Dropout
from .element_wise import ElementWise
from .inner_product import InnerProduct
from .joint import Concat, Slice
from .lrn import LRN
from .neuron import Neuron
from .pooling import Pooling
from .power import Power
from .reorder import ToFirst, ToLast
from .scale import Scale
from .softmax import Accuracy, Softmax, SoftmaxLoss
from .split import Split
from .update import CompiledUpdate

BINDINGS: tuple[Binding, ...] = (
    Binding(ChannelsLast, Concat, of=layers.ConcatLayer),
    Binding(ChannelsLast, ElementWise, of=layers.ElementWiseLayer),
    Binding(ChannelsLast, Neuron, of=layers.NeuronLayer),
    Binding(ChannelsLast, Power, of=layers.PowerLayer),
    Binding(ChannelsLast, Slice, of=layers.SliceLayer),
    Binding(ChannelsLast, Split, of=layers.SplitLayer),
    Binding(layers.ConcatLayer, Concat),
    Binding(layers.DropoutLayer, Dropout),
    Binding(layers.ElementWiseLayer, ElementWise),
    Binding(layers.NeuronLayer, Neuron),
    Binding(layers.PowerLayer, Power),
    Binding(layers.SliceLayer, Slice),
    Binding(layers.SplitLayer, Split),
    Binding(ToChannelsFirst, ToFirst),
    Binding(ToChannelsLast, ToLast),
    Binding(layers.InnerProductLayer, InnerProduct),
    Binding(Fused, InnerProduct, of=layers.InnerProductLayer),
    Binding(layers.AccuracyLayer, Accuracy),
    Binding(layers.SoftmaxLayer, Softmax),
    Binding(layers.SoftmaxLossLayer, SoftmaxLoss),
    Binding(Adam, CompiledUpdate),
    Binding(AdamW, CompiledUpdate),
    Binding(Nesterov, CompiledUpdate),
    Binding(ChannelsLast, Convolution, of=layers.ConvolutionLayer),
    Binding(ChannelsLast, LRN, of=layers.LRNLayer),
    Binding(ChannelsLast, BatchNorm, of=layers.BatchNormLayer),
    Binding(ChannelsLast, Scale, of=layers.ScaleLayer),
    Binding(ChannelsLast, Pooling, of=layers.PoolingLayer),
    Binding(SGD, CompiledUpdate),
)
