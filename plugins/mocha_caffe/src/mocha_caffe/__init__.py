"""Caffe's models in Mocha: open them without Caffe, run them, train them further.

`mocha_core.load("deploy.prototxt", "weights.caffemodel")` gives a net, through this package's `CaffeImporter`.
"""

from .formats import Message as Message
from .formats import read_net as read_net
from .importer import CaffeImporter as CaffeImporter
from .translate import CaffeLayer as CaffeLayer
from .translate import Slot as Slot
from .translate import Translated as Translated
from .translate import UnknownLayerError as UnknownLayerError
from .translate import layer as layer
from .translate import translate as translate
