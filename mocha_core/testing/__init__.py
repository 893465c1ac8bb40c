"""The conformance kit: everything that shows that a layer, a kernel or a backend keeps the contract.

The author of a layer inherits from `LayerSuite`, that of a data layer from `SourceSuite`, that of a solver method from
`MethodSuite`, that of a backend from `BackendSuite`. They need the extra `testing`
(`pip install "mocha-core[testing]"`); the rest of the framework never imports this package.
"""

from .backends import ReferenceBackend as ReferenceBackend
from .backends import StrictBackend as StrictBackend
from .case import Bottom as Bottom
from .case import Case as Case
from .cases import FAMILIES as FAMILIES
from .cases import neuron_family as neuron_family
from .checks import CHECKS as CHECKS
from .checks import Check as Check
from .exploring import explore as explore
from .failure import CheckFailure as CheckFailure
from .family import Family as Family
from .family import family as family
from .growing import small_nets as small_nets
from .method_suite import MethodSuite as MethodSuite
from .methods import METHODS as METHODS
from .option_values import check_option_values as check_option_values
from .parity import expect_parity as expect_parity
from .rig import Rig as Rig
from .source_suite import SourceSuite as SourceSuite
from .sources import BATCH as BATCH
from .sources import DATA as DATA
from .sources import SOURCES as SOURCES
from .sources import SourceFamily as SourceFamily
from .strategies import bottoms as bottoms
from .strategies import image_shapes as image_shapes
from .strategies import names as names
from .strategies import pairs as pairs
from .strategies import shapes as shapes
from .suite import BackendSuite as BackendSuite
from .suite import LayerSuite as LayerSuite
from .tolerances import tolerance as tolerance
from .values import grid as grid
from .values import labels as labels
from .values import positive as positive
from .values import unit as unit
