"""What a check is: a function of a case, a backend and an element type that raises `CheckFailure`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

from ...backend import Backend
from ...blob import DTYPES
from ..case import Case

Body = Callable[[Case, Backend, str], None]


@dataclass(frozen=True, slots=True)
class Check:
    """A named check. Call it like the function it is made of.

    dtypes: the element types for which it makes sense.
    about_spec: it looks at the layer's own mathematics, so one backend (the reference) is enough.
    plain_only: it is for the plain case of a layer; others need not pass it.
    backprop: it is for layers with gradients.
    """

    name: str
    body: Body
    dtypes: tuple[str, ...] = DTYPES
    about_spec: bool = False
    plain_only: bool = False
    backprop: bool = False

    def __call__(self, case: Case, backend: Backend, dtype: str) -> None:
        self.body(case, backend, dtype)


@overload
def check(body: Body, /) -> Check: ...
@overload
def check(
    *, dtypes: tuple[str, ...] = DTYPES, about_spec: bool = False, plain_only: bool = False, backprop: bool = False
) -> Callable[[Body], Check]: ...
def check(
    body: Body | None = None,
    /,
    *,
    dtypes: tuple[str, ...] = DTYPES,
    about_spec: bool = False,
    plain_only: bool = False,
    backprop: bool = False,
) -> Check | Callable[[Body], Check]:
    """Make a function a check of the same name."""

    def decorate(body: Body) -> Check:
        return Check(body.__name__, body, dtypes, about_spec, plain_only, backprop)

    return decorate if body is None else decorate(body)
