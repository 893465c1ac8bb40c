"""Cases for every layer of the core."""

from ..family import Family
from .arranging import flatten, interp, permute, shuffle_channel, slice_, tile
from .batch_norm import batch_norm, running
from .channel_pooling import channel_pooling
from .channels_last import channels_last
from .convolution import axes, convolution, groups
from .deconvolution import deconvolution, deconvolution_axes
from .dropout import dropout
from .element_wise import element_wise, many, power, root
from .fused import convolution_pooling, convolution_relu, convolution_relu_pooling, inner_product_relu, pooling_relu
from .indices import argmax, embedding, index2onehot
from .inner_product import inner_product, other_axis, several
from .labelled import labelled
from .losses import losses
from .lrn import across, within
from .neurons import neuron_family as neuron_family
from .neurons import neurons
from .noise import crop, random_mask, random_normal
from .numbers import exp, log, mvn, parameter, reduction, threshold
from .pooling import max_pooling, mean_pooling, pooling_axes, pooling_options, stochastic_pooling, window_pooling
from .recurrent import gru, lstm, recall, rnn
from .regions import roi_pooling, unpooling
from .scaling import bias, prelu, scale, scale_given
from .softmax import accuracy, softmax, softmax_loss, weighted_loss
from .tied_inner_product import tied_inner_product, untrained
from .wiring import concat, identity, reshape, split

FAMILIES: tuple[Family, ...] = (
    inner_product,
    several,
    other_axis,
    tied_inner_product,
    untrained,
    embedding,
    convolution,
    groups,
    axes,
    deconvolution,
    deconvolution_axes,
    max_pooling,
    mean_pooling,
    window_pooling,
    pooling_axes,
    pooling_options,
    stochastic_pooling,
    roi_pooling,
    unpooling,
    *channel_pooling,
    lstm,
    gru,
    rnn,
    recall,
    batch_norm,
    running,
    scale,
    scale_given,
    bias,
    prelu,
    across,
    within,
    dropout,
    random_mask,
    random_normal,
    crop,
    argmax,
    index2onehot,
    softmax,
    softmax_loss,
    weighted_loss,
    accuracy,
    *losses,
    *labelled,
    identity,
    reshape,
    concat,
    split,
    flatten,
    slice_,
    permute,
    shuffle_channel,
    interp,
    tile,
    reduction,
    mvn,
    threshold,
    exp,
    log,
    parameter,
    *element_wise,
    many,
    power,
    root,
    *neurons,
    convolution_relu,
    convolution_pooling,
    convolution_relu_pooling,
    pooling_relu,
    inner_product_relu,
    *channels_last,
)
"""Every family of cases, of every layer that computes something; data layers are in `mocha_core.testing.sources`,
output layers in `mocha_core.testing.collectors`."""
