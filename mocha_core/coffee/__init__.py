"""Coffee breaks: what a solver does besides solving."""

from .adding import add_coffee_break as add_coffee_break
from .adding import setup_coffee_lounge as setup_coffee_lounge
from .coffee_break import Coffee as Coffee
from .coffee_break import CoffeeBreak as CoffeeBreak
from .csv_writer import CSVWriter as CSVWriter
from .decay import setup as setup
from .early_stopping import EarlyStopping as EarlyStopping
from .early_stopping import StoppingResult as StoppingResult
from .freeze_stages import FreezeStages as FreezeStages
from .json_lines_writer import JSONLinesWriter as JSONLinesWriter
from .lounge import CoffeeLounge as CoffeeLounge
from .progress_bar import ProgressBar as ProgressBar
from .snapshot import Snapshot as Snapshot
from .tensorboard_writer import TensorBoardWriter as TensorBoardWriter
from .training_summary import TrainingSummary as TrainingSummary
from .triggers import EveryEpoch as EveryEpoch
from .triggers import EveryIter as EveryIter
from .triggers import Progress as Progress
from .triggers import Trigger as Trigger
from .validation_performance import ValidationPerformance as ValidationPerformance
from .validation_performance import register as register
from .writer import Sink as Sink
from .writer import Writer as Writer
from .writer import WriteTo as WriteTo
