"""Array primitives with a reference body that a backend may replace by name (hook `mocha_ops`)."""

from .correlation import correlate as correlate
from .correlation import correlate_adjoint as correlate_adjoint
from .correlation import correlate_weight as correlate_weight
from .cutting import Cuts as Cuts
from .cutting import cut as cut
from .cutting import cut_adjoint as cut_adjoint
from .first_true import first_true as first_true
from .geometry import Axis as Axis
from .geometry import Grid as Grid
from .one_hot import one_hot as one_hot
from .registry import OpNamespace as OpNamespace
from .registry import op as op
from .resampling import Samples as Samples
from .resampling import resample as resample
from .resampling import resample_adjoint as resample_adjoint
from .rows import add_rows as add_rows
from .rows import take_rows as take_rows
from .sigmoid import sigmoid as sigmoid
from .sizes import Pair as Pair
from .sizes import Size as Size
from .sizes import along as along
from .sizes import pair as pair
from .sizes import size_option as size_option
from .sums import moving_sum as moving_sum
from .windows import fold as fold
from .windows import windows as windows
