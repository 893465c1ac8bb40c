"""Kernels that are made of array functions, such as the generic one."""

from __future__ import annotations

from mocha_core.kernel import Kernel

from .device.device import Device


class OfArrays(Kernel):
    """Runs another kernel, whose array functions then happen on the device's stream, in their turn."""

    def __init__(self, device: Device, inner: Kernel) -> None:
        self.device, self.inner = device, inner

    def forward(self) -> None:
        with self.device.calling_xp():
            self.inner.forward()

    def backward(self) -> None:
        with self.device.calling_xp():
            self.inner.backward()
