"""Cases for every layer of the core."""

from ..family import Family
from .convolution import convolution, groups
from .dropout import dropout
from .element_wise import element_wise, power, root
from .fused import convolution_relu, inner_product_relu
from .inner_product import inner_product, several
from .lrn import across, within
from .neurons import neuron_family as neuron_family
from .neurons import neurons
from .pooling import max_pooling, mean_pooling, window_pooling
from .softmax import accuracy, softmax, softmax_loss, weighted_loss
from .wiring import concat, identity, reshape, split

FAMILIES: tuple[Family, ...] = (
    inner_product,
    several,
    convolution,
    groups,
    max_pooling,
    mean_pooling,
    window_pooling,
    across,
    within,
    dropout,
    softmax,
    softmax_loss,
    weighted_loss,
    accuracy,
    identity,
    reshape,
    concat,
    split,
    *element_wise,
    power,
    root,
    *neurons,
    convolution_relu,
    inner_product_relu,
)
"""Every family of cases, of every layer that computes something; data layers are in `mocha_core.testing.sources`."""
