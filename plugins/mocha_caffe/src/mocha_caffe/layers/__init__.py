"""Layers that only Caffe models need."""

from .arg_max import ArgMaxLayer as ArgMaxLayer
from .batch_reindex import BatchReindexLayer as BatchReindexLayer
from .crop_like import CropLikeLayer as CropLikeLayer
from .dummy_data import DummyDataLayer as DummyDataLayer
from .im2col import Im2colLayer as Im2colLayer
from .row_filter import RowFilterLayer as RowFilterLayer
from .silence import SilenceLayer as SilenceLayer
from .spp import SPPLayer as SPPLayer
from .weighted_sum import WeightedSumLayer as WeightedSumLayer
