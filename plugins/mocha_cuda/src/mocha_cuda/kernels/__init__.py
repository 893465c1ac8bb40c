"""Kernels by the spec that they serve."""

from __future__ import annotations

from mocha_core import layers
from mocha_core.channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast
from mocha_core.kernel import Binding
from mocha_core.layer import Layer
from mocha_core.passes import Fused

from .base import CudaKernel
from .batch_norm import BatchNorm
from .convolution import DirectChain, DirectConvolution, DnnConvolution, LibraryConvolution, SmallConvolution
from .copies import Concat, Slice, Split, Views
from .crop import Crop
from .dropout import Dropout
from .element_wise import ElementWise, WeightedSum
from .embedding import Embedding
from .functions import Exp, Power, Threshold
from .inner_product import InnerProduct, LibraryInnerProduct
from .lrn import LRN
from .neuron import Neuron
from .pooling import Pooling
from .reorder import Permute, ToFirst, ToLast
from .scale import Bias, PReLU, Scale
from .softmax import Accuracy, Softmax, SoftmaxLoss
from .sums import Reduction, SquareLoss
from .update import UPDATES

EITHER: dict[type[Layer], type[CudaKernel]] = {
    layers.BatchNormLayer: BatchNorm,
    layers.ConcatLayer: Concat,
    layers.ElementWiseLayer: ElementWise,
    layers.LRNLayer: LRN,
    layers.NeuronLayer: Neuron,
    layers.PoolingLayer: Pooling,
    layers.PowerLayer: Power,
    layers.ScaleLayer: Scale,
    layers.SliceLayer: Slice,
    layers.SplitLayer: Split,
}
"""Kernels that work in either layout of images."""

ONE: dict[type[Layer], type[CudaKernel]] = {
    layers.AccuracyLayer: Accuracy,
    layers.BiasLayer: Bias,
    layers.ChannelPoolingLayer: Pooling,
    layers.CropLayer: Crop,
    layers.DropoutLayer: Dropout,
    layers.EmbeddingLayer: Embedding,
    layers.ExpLayer: Exp,
    layers.FlattenLayer: Views,
    layers.IdentityLayer: Views,
    layers.PermuteLayer: Permute,
    layers.PReLULayer: PReLU,
    layers.ReductionLayer: Reduction,
    layers.ReshapeLayer: Views,
    layers.SoftmaxLayer: Softmax,
    layers.SoftmaxLossLayer: SoftmaxLoss,
    layers.SquareLossLayer: SquareLoss,
    layers.ThresholdLayer: Threshold,
    ToChannelsFirst: ToFirst,
    ToChannelsLast: ToLast,
}

CONVOLUTIONS: dict[type[CudaKernel], int] = {
    SmallConvolution: 9,
    DnnConvolution: 5,
    DirectConvolution: 2,
    DirectChain: 1,
    LibraryConvolution: 0,
}
"""Kernels of convolutions, alone and with what is joined to them, and in which order they are asked."""

BINDINGS: tuple[Binding, ...] = (
    *(Binding(layer, kernel, rank=1) for layer, kernel in (EITHER | ONE).items()),
    *(Binding(ChannelsLast, kernel, rank=1, of=layer) for layer, kernel in EITHER.items()),
    Binding(layers.ElementWiseLayer, WeightedSum),
    Binding(ChannelsLast, WeightedSum, of=layers.ElementWiseLayer),
    Binding(layers.InnerProductLayer, InnerProduct, rank=1),
    Binding(layers.InnerProductLayer, LibraryInnerProduct),
    Binding(Fused, InnerProduct, rank=1, of=layers.InnerProductLayer),
    Binding(Fused, LibraryInnerProduct, of=layers.InnerProductLayer),
    Binding(Fused, Pooling, of=layers.PoolingLayer),
    *(Binding(layers.ConvolutionLayer, kernel, rank) for kernel, rank in CONVOLUTIONS.items()),
    *(Binding(Fused, kernel, rank, of=layers.ConvolutionLayer) for kernel, rank in CONVOLUTIONS.items()),
    *UPDATES,
)
