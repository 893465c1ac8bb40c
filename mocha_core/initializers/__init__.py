"""Initializers: the first values of a parameter, drawn on the host and so the same on every backend."""

from .constant import BilinearInitializer as BilinearInitializer
from .constant import ConstantInitializer as ConstantInitializer
from .constant import NullInitializer as NullInitializer
from .initializer import Initializer as Initializer
from .orthogonal import OrthogonalInitializer as OrthogonalInitializer
from .random import GaussianInitializer as GaussianInitializer
from .random import MsraInitializer as MsraInitializer
from .random import UniformInitializer as UniformInitializer
from .random import XavierInitializer as XavierInitializer
