"""Kernels: optional speed for one spec on one backend, bound once to memory that never moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .blob import Blob, BlobSpec
from .layer import Layer
from .plan import Plan
from .specs import Spec

During = Literal["forward", "backward", "step"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a kernel would work: everything known about a layer before memory exists.

    wants: which bottoms want a gradient; trains: whether parameter gradients are wanted (False: frozen or test phase).
    passing: of each top, whether one other layer reads it, once, and nobody else ever does (False: not known).
    rests: whether `phase` is "test" because the layer, which has running averages, is frozen in a net for training: the
    kernel was accepted for "train", has the memory for that, and leaves the averages as they are.
    """

    layer: Layer
    plan: Plan
    bottoms: tuple[BlobSpec, ...]
    phase: str
    dtype: str
    wants: tuple[bool, ...] = ()
    trains: bool = False
    passing: tuple[bool, ...] = ()
    rests: bool = False

    @property
    def has_backward(self) -> bool:
        return self.trains or any(self.wants)


@dataclass(slots=True, kw_only=True)
class LayerState:
    """A site with its memory. Blobs keep their arrays for the life of the net.

    bottom_diffs: None where no gradient is wanted. top_diffs: all present whenever backward is called.
    param_diffs: only the trained parameters, and none if the layer is frozen.
    scratch: in the order that the kernel asked for it in `Accept`.
    """

    site: Site
    bottoms: tuple[Blob, ...]
    tops: tuple[Blob, ...]
    bottom_diffs: tuple[Blob | None, ...] = ()
    top_diffs: tuple[Blob, ...] = ()
    params: Mapping[str, Blob] = field(default_factory=dict)
    param_diffs: Mapping[str, Blob] = field(default_factory=dict)
    draws: tuple[Blob, ...] = ()
    scratch: tuple[Blob, ...] = ()

    @property
    def layer(self) -> Any:
        """The spec (typed Any, so that a kernel reads its own spec's options freely)."""
        return self.site.layer


@dataclass(frozen=True, slots=True)
class Scratch:
    """Memory a kernel wants: during forward only, backward only, or kept from forward to backward ("step")."""

    spec: BlobSpec
    during: During = "step"


@dataclass(frozen=True, slots=True)
class Accept:
    """A kernel takes the site. `saves`, if given, replaces the plan's: what this kernel's backward reads again.

    `overlays` likewise replaces the plan's pairs, for a kernel that cannot bear, or can bear more, shared memory.
    """

    scratch: tuple[Scratch, ...] = ()
    saves: frozenset[str] | None = None
    overlays: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Decline:
    """A kernel leaves the site to the next candidate; `why` is shown by `net.explain()`."""

    why: str


class Kernel(ABC):
    """Code for one layer on one backend.

    forward writes every top. backward *overwrites* the bottom diffs that are not None and the parameter diffs, and may
    spend (write over) the top diffs. Neither changes bottoms, except through an overlay that was accepted. What
    backward needs of forward lies in blobs and scratch: where layers are frozen, new kernels are built on these.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        """Look at shapes and options only; no memory exists yet."""
        return Accept()

    @abstractmethod
    def __init__(self, backend: Any, state: LayerState) -> None: ...

    @abstractmethod
    def forward(self) -> None: ...

    def backward(self) -> None:  # noqa: B027 (see the next line)
        """Kernels of layers without gradients leave this out."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Offers `kernel` for `spec`; among bindings of one backend the higher rank is asked first.

    For a layer the kernel is a `Kernel`; for a solver method an `UpdateKernel` (see `mocha_core.solvers.method`).
    of: where `spec` is a wrapper (`Fused`, `ChannelsLast`), the class of the layer that it holds, or holds first.
    """

    spec: type[Spec]
    kernel: type[Any]
    rank: int = 0
    of: type[Layer] | None = None

    @property
    def package(self) -> str:
        """The package that the kernel comes from, as in `prefer=`."""
        return str(self.kernel.__module__).partition(".")[0]

    def label(self) -> str:
        """`package.Kernel`, as shown to users."""
        return f"{self.package}.{self.kernel.__name__}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which kernel serves a site, on what terms, and who declined.

    settings: how it shall work, for a backend that measures; `Backend.build` hands them on. notes: what was measured.
    holds: how many layers after this one may still read its bottoms, for a backend that runs several layers as one.
    """

    kernel: type[Kernel]
    accept: Accept
    label: str
    declined: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, str | int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    holds: int = 0

    def title(self) -> str:
        """The kernel with its settings, as shown to users."""
        return " ".join((self.label, *(f"{name}={value}" for name, value in self.settings.items())))
