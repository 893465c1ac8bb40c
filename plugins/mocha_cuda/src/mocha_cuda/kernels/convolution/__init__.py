"""Kernels of `ConvolutionLayer`, alone and with the neuron and the pooling behind it."""

from .dnn import DnnConvolution as DnnConvolution
from .joined import DirectConvolution as DirectConvolution
from .joined import SmallConvolution as SmallConvolution
from .kernel import DirectChain as DirectChain
from .kernel import LibraryConvolution as LibraryConvolution
