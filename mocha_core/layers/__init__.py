"""The layers, one a file."""

from .accuracy import AccuracyLayer as AccuracyLayer
from .concat import ConcatLayer as ConcatLayer
from .convolution import ConvolutionLayer as ConvolutionLayer
from .dropout import DropoutLayer as DropoutLayer
from .element_wise import ElementWiseLayer as ElementWiseLayer
from .functors import ElementWiseFunctors as ElementWiseFunctors
from .hdf5_data import HDF5DataLayer as HDF5DataLayer
from .identity import IdentityLayer as IdentityLayer
from .inner_product import InnerProductLayer as InnerProductLayer
from .input import InputLayer as InputLayer
from .lrn import LRNLayer as LRNLayer
from .lrn import LRNMode as LRNMode
from .memory_data import MemoryDataLayer as MemoryDataLayer
from .neuron import NeuronLayer as NeuronLayer
from .pooling import PoolingLayer as PoolingLayer
from .power import PowerLayer as PowerLayer
from .reshape import ReshapeLayer as ReshapeLayer
from .softmax import SoftmaxLayer as SoftmaxLayer
from .softmax_loss import SoftmaxLossLayer as SoftmaxLossLayer
from .split import SplitLayer as SplitLayer
