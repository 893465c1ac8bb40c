"""One open cuDNN: a handle, calls whose status is looked at, and the convolutions it was asked for."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from ..device.device import Device
from ..device.libraries import calls_of
from ..errors import DeviceError
from .api import OLDEST, SIGNATURES

ADVICE = {
    1: "it cannot start; often parts of another cuDNN are found before its own: look at LD_LIBRARY_PATH",
    2: "it was asked for something that makes no sense to it; please report this",
    3: "this version of it, or this GPU, cannot do that",
    4: "something is wrong inside of it; the program must be started again",
    5: "the GPU failed; the program must be started again",
}
"""By the thousands of a status."""

SWITCH = "MOCHA_CUDNN"
"""The environment variable that turns it off."""


class Cudnn:
    """A handle of the library on one device. Calls are made on the stream that is current when they are made.

    library: with the functions of `SIGNATURES`, e.g. `ctypes.CDLL("libcudnn.so.9")`.
    stream: tells the address of the current stream.
    measure: whether algorithms are measured, instead of taken by the library's own judgement.
    Raises `DeviceError` with one sentence where a call fails, and for a library older than version 9.
    """

    def __init__(self, library: Any, device: Device, stream: Callable[[], int], *, measure: bool = False) -> None:
        self.device, self.measure = device, measure
        self._current = stream
        self._library = library
        self.version = int(library.cudnnGetVersion())
        if self.version < OLDEST:
            raise DeviceError(f"cuDNN {self.version} is too old, 9.0 or later is needed; {_without()}")
        self._calls = calls_of(library, SIGNATURES)
        self._handle, self._stream = ctypes.c_void_p(), 0
        with device.calling_xp():
            self.check("cudnnCreate", ctypes.byref(self._handle))

    def check(self, name: str, *arguments: Any) -> None:
        """Call a function that needs no handle; an error if its status is not 0."""
        status = self._calls[name](*arguments)
        if status:
            raise DeviceError(f"cuDNN: {name} gave {status} ({self._text(status)}): {_advice(status)}; {_without()}")

    def call(self, name: str, *arguments: Any) -> None:
        """Call a function with the handle before its arguments."""
        with self.device.calling_xp():
            stream = self._current()
            if stream != self._stream:
                self.check("cudnnSetStream", self._handle, stream)
                self._stream = stream
            self.check(name, self._handle, *arguments)

    def close(self) -> None:
        """Give the handle back."""
        if self._handle:
            with self.device.calling_xp():
                self.check("cudnnDestroy", self._handle)
            self._handle = ctypes.c_void_p()

    def _text(self, status: int) -> str:
        text: Any = self._library.cudnnGetErrorString
        text.argtypes, text.restype = (ctypes.c_int,), ctypes.c_char_p
        return str(text(status).decode(errors="replace"))


def _advice(status: int) -> str:
    return ADVICE.get(status // 1000, "see its manual")


def _without() -> str:
    return f"{SWITCH}=0 in the environment does without it"
