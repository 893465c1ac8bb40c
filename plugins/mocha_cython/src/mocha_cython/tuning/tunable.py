"""What a kernel offers to the tuner: for each part of its work, the ways to do it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias

from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site

Settings: TypeAlias = Mapping[str, str | int]
"""How a kernel works, by names of its own: `{"panels": 2}`. What is not said, the kernel decides by a rule."""

Part = Literal["forward", "bottoms", "params", "whole"]
"""What is timed: forward, the gradients of the bottoms, those of the parameters, or all that a site asks for."""

NO_SETTINGS: Settings = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Decision:
    """The ways to do one part of a kernel's work. The first is taken unless another is clearly faster.

    Decisions of one kernel are independent of each other, and no two of them set the same name.
    """

    part: Part
    options: tuple[Settings, ...]

    def named(self) -> dict[str, Settings]:
        """The options by the names under which they are shown and remembered."""
        return {show(settings): settings for settings in self.options}


class Tunable(Kernel):
    """A kernel that can work in several ways. Without settings it chooses by its own rule, always the same.

    samples: the fewest samples that a trial must have to tell about a whole batch.
    has_rivals: whether the kernels that would be asked next, those of the NumPy backend for one, may be faster, so that
    they are timed too.
    """

    samples: ClassVar[int] = 1
    has_rivals: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def decisions(cls, backend: Any, site: Site) -> Sequence[Decision]:
        """What there is to choose at this site; a decision about a part that the site does not ask for is left out."""

    @classmethod
    def accepts(cls, backend: Any, site: Site, settings: Settings = NO_SETTINGS) -> Accept | Decline:
        """As every kernel's; the scratch memory may depend on the settings."""
        return Accept()

    @abstractmethod
    def __init__(self, backend: Any, state: LayerState, settings: Settings = NO_SETTINGS) -> None: ...


def build(kernel: type[Kernel], backend: Any, state: LayerState, settings: Settings) -> Kernel:
    """A kernel on its memory, with settings if it knows of any."""
    if issubclass(kernel, Tunable):
        return kernel(backend, state, settings)
    return kernel(backend, state)


def ask(kernel: type[Kernel], backend: Any, site: Site, settings: Settings) -> Accept | Decline:
    """Whether a kernel takes a site, with settings if it knows of any."""
    return kernel.accepts(backend, site, settings) if issubclass(kernel, Tunable) else kernel.accepts(backend, site)


def show(settings: Settings) -> str:
    """Settings as shown to users.

    >>> show({"panels": 2, "way": "scatter"}), show({})
    ('panels=2 way=scatter', 'default')
    """
    return " ".join(f"{name}={value}" for name, value in settings.items()) or "default"
