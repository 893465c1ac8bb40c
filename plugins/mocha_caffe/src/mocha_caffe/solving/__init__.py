"""Caffe's trainings: solver prototxts, states of trainings, and what happens while one runs."""

from .display import CaffeDisplay as CaffeDisplay
from .rates import CaffeLR as CaffeLR
from .recipe import Recipe as Recipe
from .recipe import read_recipe as read_recipe
from .signals import Signals as Signals
from .snapshots import CaffeSnapshot as CaffeSnapshot
from .testing import CaffeTest as CaffeTest
from .testing import Interval as Interval
from .training import Training as Training
from .training import open_training as open_training
