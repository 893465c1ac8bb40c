"""Solvers: update rules, the policies that steer them, and the training loop."""

from .adadelta import Adadelta as Adadelta
from .adagrad import Adagrad as Adagrad
from .adam import Adam as Adam
from .adamw import AdamW as AdamW
from .best import Best as Best
from .loop import finalize_solve as finalize_solve
from .loop import init_solve as init_solve
from .loop import onestep_solve as onestep_solve
from .loop import solve as solve
from .method import SolverMethod as SolverMethod
from .method import UpdateKernel as UpdateKernel
from .method import UpdateSite as UpdateSite
from .method import UpdateState as UpdateState
from .method import UpdateValues as UpdateValues
from .nesterov import Nesterov as Nesterov
from .parameters import SolverParameters as SolverParameters
from .parameters import make_solver_parameters as make_solver_parameters
from .policies import LRPolicy as LRPolicy
from .policies import MomPolicy as MomPolicy
from .policies import Policy as Policy
from .rmsprop import RMSProp as RMSProp
from .sgd import SGD as SGD
from .solver import Solver as Solver
from .state import SolverState as SolverState
