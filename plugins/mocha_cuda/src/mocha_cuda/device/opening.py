"""Opening a GPU by its number."""

from __future__ import annotations

from ..errors import DeviceError
from .device import Device
from .probing import why_not


def open_device(index: int) -> Device:
    """The GPU with that number, as `nvidia-smi` counts; raises `DeviceError` with one sentence if it cannot be used."""
    why = why_not(index)
    if why is not None:
        raise DeviceError(why)
    from .cupy_device import CupyDevice

    return CupyDevice(index)
