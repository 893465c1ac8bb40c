"""The cuDNN of a device: looked for when a net is built, absent on a simulated one."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..device.cupy_device import CupyDevice
from ..device.device import Device, Math
from ..device.libraries import load
from ..errors import DeviceError
from .convolution import Convolution
from .library import SWITCH, Cudnn

if TYPE_CHECKING:
    from ..kernels.convolution.geometry import Geometry

MEASURE = "MOCHA_CUDNN_MEASURE"
"""The environment variable that has algorithms measured when a net is built; which one wins may differ each time."""

MOST = 512
"""Convolutions that one library keeps ready."""

logger = logging.getLogger("mocha")

_open: WeakKeyDictionary[Device, Opened | str] = WeakKeyDictionary()


class Opened:
    """A library with the convolutions made so far."""

    def __init__(self, dnn: Cudnn) -> None:
        self.dnn = dnn
        self.convolution = lru_cache(MOST)(self._convolution)

    def _convolution(self, geometry: Geometry, math: Math) -> Convolution:
        return Convolution(self.dnn, geometry, math)


def use(device: Device, dnn: Cudnn) -> Opened:
    """Let this library serve a device."""
    opened = Opened(dnn)
    _open[device] = opened
    return opened


def opened(device: Device, library: Callable[[str], Any] = load) -> Opened | str:
    """The library that serves a device, opened at the first question; or why there is none."""
    if device not in _open:
        _open[device] = _tried(device, library)
    return _open[device]


def close(device: Device) -> None:
    """Give back what `opened` made for a device."""
    held = _open.pop(device, None)
    if isinstance(held, Opened):
        held.dnn.close()


def _tried(device: Device, library: Callable[[str], Any]) -> Opened | str:
    if os.environ.get(SWITCH) == "0":
        return f"{SWITCH}=0 says to do without cuDNN"
    if not isinstance(device, CupyDevice):
        return f"{device.name} has no cuDNN"
    try:
        measure = os.environ.get(MEASURE) == "1"
        return Opened(Cudnn(library("cudnn"), device, lambda: int(device.current.stream.ptr), measure=measure))
    except (ImportError, OSError, RuntimeError) as error:
        logger.info("cuDNN is not used: %s", error)
        return "cuDNN is not installed" if not isinstance(error, DeviceError) else str(error)
