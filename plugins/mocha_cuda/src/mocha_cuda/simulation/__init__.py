"""Devices that are not there: to test without a GPU what runs on one."""

from .compiling import compiler as compiler
from .compiling import no_compiler as no_compiler
from .recording import RecordingDevice as RecordingDevice
from .simulated import SimulatedDevice as SimulatedDevice
