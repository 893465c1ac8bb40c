"""The hooks: what every installed package has to say to a backend that opens."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pluggy

from .. import hookspecs
from ..errors import PluginConflictError, PluginError
from ..kernel import Binding, Kernel
from .scan import KERNELS, Offer, offers

if TYPE_CHECKING:
    from ..backend import Backend
    from ..passes import Pass

STRICT = "MOCHA_STRICT_PLUGINS"


class PluginWarning(UserWarning):
    """A package with extra kernels could not be used; its kernels are left out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What packages offer under one backend name: kernels, bodies of ops by name, passes, lines for `mocha doctor`."""

    kernels: tuple[Binding, ...] = ()
    ops: dict[str, Any] = field(default_factory=dict)
    passes: tuple[Pass, ...] = ()
    reports: tuple[str, ...] = ()


def ask_hooks(name: str, backend: Backend, prefer: Sequence[str] = ()) -> Answer:
    """Ask each package that offers kernels under `name`, once per hook, in the order of the distributions' names.

    A broken package contributes nothing and is a `PluginWarning`; it is a `PluginError` if the backend itself comes
    from that package, or if the environment variable MOCHA_STRICT_PLUGINS is 1.
    """
    answers = [(offer, _ask_or_warn(offer, backend)) for offer in offers(KERNELS) if offer.name == name]
    return Answer(
        kernels=tuple(binding for _, answer in answers for binding in answer.kernels),
        ops=_merge_ops(answers, prefer),
        passes=tuple(rewrite for _, answer in answers for rewrite in answer.passes),
        reports=tuple(line for _, answer in answers for line in answer.reports),
    )


def _ask_or_warn(offer: Offer, backend: Backend) -> Answer:
    try:
        return _ask(offer, backend)
    except PluginError as error:
        own = offer.package == type(backend).__module__.partition(".")[0]
        if own or os.environ.get(STRICT) == "1":
            raise
        warnings.warn(f"{error}; going on without its kernels", PluginWarning, stacklevel=2)
        return Answer()


def _ask(offer: Offer, backend: Backend) -> Answer:
    module = offer.load()
    try:
        hook = _hooks_of(module)
        kernels = [binding for offered in hook.mocha_kernels(backend=backend) for binding in offered]
        ops = {name: body for offered in hook.mocha_ops(backend=backend) for name, body in offered.items()}
        passes = [rewrite for offered in hook.mocha_passes(backend=backend) for rewrite in offered]
        reports = [line for line in hook.mocha_report(backend=backend) if line]
    except Exception as cause:
        raise offer.broken(cause) from cause
    faults = [*filter(None, map(_fault_of_binding, kernels)), *filter(None, map(_fault_of_pass, passes))]
    if faults:
        raise offer.broken(faults[0])
    return Answer(tuple(kernels), ops, tuple(passes), tuple(reports))


def _hooks_of(module: object) -> Any:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(module)
    manager.check_pending()
    if not manager.get_hookcallers(module):
        raise TypeError("it answers no hook; mark its functions, such as mocha_kernels(backend), with @hookimpl")
    return manager.hook


def _fault_of_binding(binding: object) -> str | None:
    from ..solvers.method import UpdateKernel
    from ..specs import Spec

    if not isinstance(binding, Binding):
        return f"mocha_kernels gave {binding!r} where a Binding is wanted"
    if not (isinstance(binding.spec, type) and issubclass(binding.spec, Spec)):
        return f"a Binding is for a class of layers or solver methods, not for {binding.spec!r}"
    if not (isinstance(binding.kernel, type) and issubclass(binding.kernel, Kernel | UpdateKernel)):
        return f"the kernel for {binding.spec.__name__} is {binding.kernel!r}, no subclass of Kernel or UpdateKernel"
    if inspect.isabstract(binding.kernel):
        lacking = ", ".join(sorted(binding.kernel.__abstractmethods__))
        return f"the kernel {binding.kernel.__name__} for {binding.spec.__name__} lacks {lacking}"
    return None


def _fault_of_pass(rewrite: object) -> str | None:
    return None if callable(rewrite) else f"mocha_passes gave {rewrite!r} where a function is wanted"


def _merge_ops(answers: list[tuple[Offer, Answer]], prefer: Sequence[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    owner: dict[str, Offer] = {}
    for offer, answer in sorted(answers, key=lambda pair: _preference(pair[0], prefer)):
        for name, body in answer.ops.items():
            if name not in owner:
                owner[name], merged[name] = offer, body
            elif _preference(owner[name], prefer) == _preference(offer, prefer):
                raise PluginConflictError(_two_bodies(name, owner[name], offer))
    return merged


def _preference(offer: Offer, prefer: Sequence[str]) -> int:
    return prefer.index(offer.package) if offer.package in prefer else len(prefer)


def _two_bodies(name: str, first: Offer, second: Offer) -> str:
    return (
        f"{first.owner} and {second.owner} both replace the primitive {name!r}; open the backend with "
        f"prefer=[{first.package!r}] (or [{second.package!r}]), or uninstall one of the packages"
    )
