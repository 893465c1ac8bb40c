"""The NumPy backend of Mocha."""

from .backend import CpuBackend as CpuBackend

CPUBackend = CpuBackend
"""The name in the 2014 manual."""
