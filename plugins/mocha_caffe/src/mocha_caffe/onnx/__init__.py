"""Translations of this package's layers to ONNX, for mocha-onnx; imported only by it."""

from .arranging import crop_like as crop_like
from .arranging import im2col as im2col
from .arranging import normalize as normalize
from .arranging import spp as spp
from .arranging import trim as trim
from .detection import detection_output as detection_output
from .detection import prior_box as prior_box
from .recurrent import lstm_unit as lstm_unit
from .selecting import arg_max as arg_max
from .selecting import batch_reindex as batch_reindex
from .selecting import row_filter as row_filter
from .sharing import borrowing as borrowing
from .sharing import stop_gradient as stop_gradient
