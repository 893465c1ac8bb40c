"""Caffe's models in Mocha: open them without Caffe, run them, train them further.

`mocha_core.load("deploy.prototxt", "weights.caffemodel")` gives a net, through this package's `CaffeImporter`.
"""

from .data import read_mean as read_mean
from .data import write_mean as write_mean
from .formats import Message as Message
from .formats import read_net as read_net
from .importer import CaffeImporter as CaffeImporter
from .layers import detections as detections
from .solving import CaffeLR as CaffeLR
from .solving import Recipe as Recipe
from .solving import Training as Training
from .solving import open_training as open_training
from .solving import read_recipe as read_recipe
from .translate import CaffeLayer as CaffeLayer
from .translate import Slot as Slot
from .translate import Translated as Translated
from .translate import UnknownLayerError as UnknownLayerError
from .translate import layer as layer
from .translate import translate as translate
from .weights import save_caffemodel as save_caffemodel
