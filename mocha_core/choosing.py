"""How a kernel is chosen: once per layer, when the net is built, and never in silence."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from .errors import PluginConflictError, PluginError
from .generic import GenericKernel
from .kernel import Accept, Binding, Choice, Decline, Site
from .layer import Layer

if TYPE_CHECKING:
    from .backend import Backend
    from .passes import Pass


@dataclass(slots=True)
class Registry:
    """What plugins offer to one backend: kernels by tier (its own name, then each it extends), ops, passes."""

    tiers: tuple[tuple[Binding, ...], ...] = ()
    ops: dict[str, Any] = field(default_factory=dict)
    passes: tuple[Pass, ...] = ()
    reports: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()

    @classmethod
    def open(cls, backend: Backend, prefer: tuple[str, ...] = ()) -> Self:
        """Ask the plugins of the backend's name and of each name that it extends."""
        from .plugins import ask_hooks

        answers = [ask_hooks(name, backend, prefer) for name in (backend.name, *backend.extends)]
        ops: dict[str, Any] = {}
        for answer in reversed(answers):
            ops.update(answer.ops)
        return cls(
            tiers=tuple(answer.kernels for answer in answers),
            ops=ops,
            passes=tuple(p for answer in answers for p in answer.passes),
            reports=tuple(r for answer in answers for r in answer.reports),
            prefer=prefer,
        )

    def candidates(self, spec: object) -> tuple[Binding, ...]:
        """The bindings for a spec's class (and, for a wrapper, its lead's), in the order in which they are asked."""
        kind, lead = type(spec), type(spec.lead) if isinstance(spec, Layer) else None
        return tuple(b for tier in self.tiers for b in self._ranked(tier, kind, lead))

    def _ranked(self, tier: Iterable[Binding], kind: type[Any], lead: type[Any] | None) -> list[Binding]:
        mine = [b for b in tier if b.spec is kind and b.of in (None, lead)]
        ranked = sorted(mine, key=lambda b: (-b.rank, self._preference(b)))
        for first, second in itertools.pairwise(ranked):
            if first.rank == second.rank and self._preference(first) == self._preference(second):
                raise PluginConflictError(_tie(kind, first, second))
        return ranked

    def _preference(self, binding: Binding) -> int:
        return self.prefer.index(binding.package) if binding.package in self.prefer else len(self.prefer)


def choose_kernel(backend: Backend, site: Site) -> Choice:
    """The first candidate that accepts the site; the generic kernel where none does."""
    declined: list[tuple[str, str]] = []
    for binding in backend.registry.candidates(site.layer):
        answer = binding.kernel.accepts(backend, site)
        if not isinstance(answer, Accept | Decline):
            raise PluginError(f"{binding.label()}.accepts gave {answer!r}; it returns Accept(...) or Decline(why)")
        if isinstance(answer, Decline):
            declined.append((binding.label(), answer.why))
        else:
            return Choice(binding.kernel, answer, binding.label(), tuple(declined))
    return Choice(GenericKernel, Accept(), "mocha_core.GenericKernel", tuple(declined))


def _tie(kind: type[Any], first: Binding, second: Binding) -> str:
    packages = [b.package for b in (first, second)]
    return (
        f"{first.label()} and {second.label()} both offer a kernel for {kind.__name__} with rank {first.rank}; "
        f"open the backend with prefer=[{packages[0]!r}] (or [{packages[1]!r}]), or uninstall one of the packages"
    )
