"""Old nets and solvers in the current format."""

from .net import Upgraded as Upgraded
from .net import upgrade_net as upgrade_net
from .solver import upgrade_solver as upgrade_solver
