"""Coffee breaks: what a solver does besides solving."""

from .adding import add_coffee_break as add_coffee_break
from .adding import setup_coffee_lounge as setup_coffee_lounge
from .coffee_break import Coffee as Coffee
from .coffee_break import CoffeeBreak as CoffeeBreak
from .lounge import CoffeeLounge as CoffeeLounge
from .snapshot import Snapshot as Snapshot
from .training_summary import TrainingSummary as TrainingSummary
from .triggers import EveryEpoch as EveryEpoch
from .triggers import EveryIter as EveryIter
from .triggers import Progress as Progress
from .triggers import Trigger as Trigger
from .validation_performance import ValidationPerformance as ValidationPerformance
from .validation_performance import register as register
