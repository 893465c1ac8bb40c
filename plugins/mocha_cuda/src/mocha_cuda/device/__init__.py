"""Devices: what the backend asks of one, and those there are."""

from .device import Device as Device
from .device import Event as Event
from .device import Function as Function
from .device import Graph as Graph
from .device import Math as Math
from .device import Stream as Stream
