"""Kernels by the spec that they serve."""

from __future__ import annotations

from mocha_core import layers
from mocha_core.kernel import Binding
from mocha_core.solvers import SGD, Adam, AdamW, Nesterov

from .accuracy import Accuracy
from .adam import AdamUpdate, AdamWUpdate
from .batch_norm import BatchNorm
from .convolution import Convolution
from .copies import Concat, Split, Views
from .dropout import Dropout
from .element_wise import ElementWise
from .inner_product import InnerProduct
from .lrn import LRN
from .nesterov import NesterovUpdate
from .neuron import Neuron
from .pooling import MaxPooling, MeanPooling
from .power import Power
from .scale import Scale
from .sgd import SgdUpdate
from .softmax import Softmax
from .softmax_loss import SoftmaxLoss

BINDINGS = (
    Binding(layers.AccuracyLayer, Accuracy),
    Binding(layers.BatchNormLayer, BatchNorm),
    Binding(layers.ConcatLayer, Concat),
    Binding(layers.ConvolutionLayer, Convolution),
    Binding(layers.DropoutLayer, Dropout),
    Binding(layers.ElementWiseLayer, ElementWise),
    Binding(layers.FlattenLayer, Views),
    Binding(layers.IdentityLayer, Views),
    Binding(layers.InnerProductLayer, InnerProduct),
    Binding(layers.LRNLayer, LRN),
    Binding(layers.NeuronLayer, Neuron),
    Binding(layers.PoolingLayer, MaxPooling, rank=1),
    Binding(layers.PoolingLayer, MeanPooling),
    Binding(layers.PowerLayer, Power),
    Binding(layers.ReshapeLayer, Views),
    Binding(layers.ScaleLayer, Scale),
    Binding(layers.SoftmaxLayer, Softmax),
    Binding(layers.SoftmaxLossLayer, SoftmaxLoss),
    Binding(layers.SplitLayer, Split),
    Binding(Adam, AdamUpdate),
    Binding(AdamW, AdamWUpdate),
    Binding(Nesterov, NesterovUpdate),
    Binding(SGD, SgdUpdate),
)
