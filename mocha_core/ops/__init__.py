"""Array primitives with a reference body that a backend may replace by name (hook `mocha_ops`)."""

from .first_true import first_true as first_true
from .geometry import Axis as Axis
from .geometry import Grid as Grid
from .one_hot import one_hot as one_hot
from .registry import OpNamespace as OpNamespace
from .registry import op as op
from .sizes import Pair as Pair
from .sizes import Size as Size
from .sizes import along as along
from .sizes import pair as pair
from .sizes import size as size
from .sums import moving_sum as moving_sum
from .windows import fold as fold
from .windows import windows as windows
