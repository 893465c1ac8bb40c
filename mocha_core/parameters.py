"""Parameters and the store through which nets share them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .blob import Awaited, Blob, BlobSpec
from .errors import ParameterError
from .plan import ParamSpec
from .random import Stream

if TYPE_CHECKING:
    from .backend import Backend


@dataclass(slots=True)
class Parameter:
    """One array that training changes: `key` (its layer), its spec, and its blob."""

    key: str
    spec: ParamSpec
    blob: Blob

    @property
    def path(self) -> str:
        """`<layer>___<param>`, the name in model files."""
        return f"{self.key}___{self.spec.name}"

    @property
    def ready(self) -> bool:
        """Whether it holds values: from an initializer, from a file, or written into its blob."""
        return self.blob.version > 0

    def initialise(self, seed: int) -> None:
        """Give it its first values, unless it has some: a value that was loaded, set or trained stays."""
        if not self.ready:
            stream = Stream(seed, self.key, f"init/{self.spec.name}")
            self.load(self.spec.initializer.values(self.spec, stream))

    def load(self, values: Any) -> None:
        """Copy values in; from now on it counts as initialised."""
        self.blob.set(np.asarray(values))


class ParameterStore:
    """Parameters by key. Nets given the same store share what has the same key; each backend has one by default."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._groups: dict[str, dict[str, Parameter]] = {}

    def share(self, key: str, specs: tuple[ParamSpec, ...], dtype: str) -> dict[str, Parameter]:
        """The parameters under `key`, created on first use; specs that differ from the first use are an error."""
        known = self._groups.get(key)
        if known is None:
            known = self._groups[key] = {s.name: self._create(key, s, dtype) for s in specs}
        else:
            _compare(key, tuple(p.spec for p in known.values()), specs)
            _compare_dtype(key, known, dtype)
        return known

    @contextlib.contextmanager
    def undone_by_errors(self) -> Iterator[None]:
        """Forget what the block adds if it ends with an error, so that a net that failed leaves nothing behind."""
        before = dict(self._groups)
        try:
            yield
        except BaseException:
            self._groups = before
            raise

    def borrow(self, spec: ParamSpec, dtype: str) -> Parameter:
        """The parameter that another layer, `spec.owner`, has under the name `spec.name`."""
        parameter = self._groups.get(spec.owner, {}).get(spec.name)
        if parameter is None:
            raise ParameterError(
                f"there is no parameter {spec.owner}___{spec.name} to share; the layer {spec.owner!r} must be in the "
                f"same net, or in one built before on the same store"
            )
        if parameter.spec.shape != spec.shape:
            raise ParameterError(
                f"{parameter.path} is {parameter.blob.spec}, the layer that shares it needs {BlobSpec(spec.shape)}"
            )
        _compare_dtype(spec.owner, {spec.name: parameter}, dtype)
        return parameter

    def reset(self) -> None:
        """Forget every parameter; nets already built keep theirs."""
        self._groups.clear()

    def __contains__(self, key: str) -> bool:
        return key in self._groups

    def __iter__(self) -> Iterator[Parameter]:
        return (p for group in self._groups.values() for p in group.values())

    def _create(self, key: str, spec: ParamSpec, dtype: str) -> Parameter:
        blob_spec = BlobSpec(spec.shape, dtype)
        blob = Blob(self.backend, blob_spec, self.backend.empty(blob_spec), f"{key}.{spec.name}")
        blob.awaits = Awaited("call net.init() first")
        return Parameter(key, spec, blob)


def _compare(key: str, known: tuple[ParamSpec, ...], asked: tuple[ParamSpec, ...]) -> None:
    if known == asked:
        return
    for old, new in zip(known, asked, strict=False):
        for what in ("name", "shape", "initializer", "regularizer", "constraint", "rate", "trained"):
            before, now = getattr(old, what), getattr(new, what)
            if before != now:
                raise ParameterError(
                    f"two different layers use the parameters {key!r}: {what} of {old.name!r} is {before} in the first "
                    f"and {now} in the second; give one of them another name (or param_key), or build its net with "
                    f"parameters=ParameterStore(backend) to keep the nets apart"
                )
    raise ParameterError(
        f"two different layers use the parameters {key!r}: the first has {[s.name for s in known]}, the second "
        f"{[s.name for s in asked]}; give one of them another name or param_key"
    )


def _compare_dtype(key: str, known: dict[str, Parameter], dtype: str) -> None:
    for parameter in known.values():
        if parameter.blob.dtype != dtype:
            raise ParameterError(
                f"{parameter.path} is {parameter.blob.dtype}, the new net computes in {dtype}; build the net with "
                f"dtype={parameter.blob.dtype!r}, or with parameters=ParameterStore(backend) to keep the nets apart"
            )
