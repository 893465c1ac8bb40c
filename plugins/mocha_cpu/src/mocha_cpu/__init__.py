"""The NumPy backend of Mocha: `DefaultBackend("cpu")`."""

from .backend import CpuBackend as CpuBackend
