"""The weights of a model: read from any of Caffe's files, and given to a net."""

from .giving import Report as Report
from .giving import give as give
from .stored import open_weights as open_weights
