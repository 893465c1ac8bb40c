"""Sources of data, the thread that reads ahead, and transformers."""

from __future__ import annotations

from .augmenting import CenterCrop as CenterCrop
from .augmenting import RandomCrop as RandomCrop
from .augmenting import RandomMirror as RandomMirror
from .feed import Feed as Feed
from .source import Source as Source
from .transformers import Scale as Scale
from .transformers import SubMean as SubMean
from .transformers import Transformer as Transformer
