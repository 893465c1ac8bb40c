"""Errors of this package; of the family `MochaError`, like all others."""

from __future__ import annotations

from mocha_core.errors import MochaError


class DeviceError(MochaError, RuntimeError):
    """The device, its driver or a library for it is missing, too old, or has failed."""


class DeviceMemoryError(DeviceError, MemoryError):
    """The device has too little memory; the text names what was asked for, and how much is free."""


class RecordingError(DeviceError):
    """A step asks for what no graph can hold: a mistake of who wrote it, which the simulation tells."""


class KernelError(DeviceError):
    """A kernel does not compile, or was launched with arguments that it does not take.

    log: all that the compiler said.
    """

    def __init__(self, text: str, log: str = "") -> None:
        super().__init__(text)
        self.log = log
