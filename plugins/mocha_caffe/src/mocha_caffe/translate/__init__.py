"""From Caffe's nets to Mocha's layers."""

from .given import CaffeLayer as CaffeLayer
from .model import Model as Model
from .net import translate as translate
from .registry import forget as forget
from .registry import known as known
from .registry import layer as layer
from .settings import Settings as Settings
from .translated import Slot as Slot
from .translated import Translated as Translated
from .unknown import UnknownLayerError as UnknownLayerError
from .unread import describe_unread as describe_unread
