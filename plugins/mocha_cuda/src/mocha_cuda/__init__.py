"""The NVIDIA GPU backend of Mocha."""

from .backend import CudaBackend as CudaBackend
from .errors import DeviceError as DeviceError
from .errors import DeviceMemoryError as DeviceMemoryError
from .errors import KernelError as KernelError
from .errors import RecordingError as RecordingError

GPUBackend = CudaBackend
"""The name in the 2014 manual."""
