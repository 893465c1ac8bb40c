"""The weights of a model: read from any of Caffe's files, given to a net, and saved for Caffe."""

from .giving import Report as Report
from .giving import give as give
from .saving import Saver as Saver
from .saving import save_caffemodel as save_caffemodel
from .stored import open_weights as open_weights
