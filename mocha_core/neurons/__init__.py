"""Neurons: activation functions, applied element by element to the output of a layer.

The backward of most reads their *output* only, so that they may overwrite their input and need no memory of their own.
"""

from ..specs import namespace
from .neuron import Neuron as Neuron
from .piecewise import Abs as Abs
from .piecewise import Clip as Clip
from .piecewise import Identity as Identity
from .piecewise import LReLU as LReLU
from .piecewise import ReLU as ReLU
from .saturating import Exponential as Exponential
from .saturating import Sigmoid as Sigmoid
from .saturating import Tanh as Tanh
from .smooth import ELU as ELU
from .smooth import GELU as GELU
from .smooth import Softplus as Softplus
from .smooth import Swish as Swish


@namespace
class Neurons:
    """The neurons by the names that users write: `neuron=Neurons.ReLU()`."""

    Identity = Identity
    ReLU = ReLU
    LReLU = LReLU
    ELU = ELU
    GELU = GELU
    Softplus = Softplus
    Swish = Swish
    Sigmoid = Sigmoid
    Tanh = Tanh
    Exponential = Exponential
    Abs = Abs
    Clip = Clip
