"""Swish for Mocha: a layer with a fast kernel, a neuron, and a coffee break."""

from .plateau import Plateau as Plateau
from .softsign import SoftSign as SoftSign
from .swish import Swish as Swish
