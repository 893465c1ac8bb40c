"""What installed packages offer, read once from their metadata; no package is imported here."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from ..errors import PluginError

BACKENDS, KERNELS = "mocha.backends", "mocha.kernels"
GROUPS = (
    BACKENDS,
    KERNELS,
    "mocha.layers",
    "mocha.neurons",
    "mocha.initializers",
    "mocha.regularizers",
    "mocha.constraints",
    "mocha.coffee_breaks",
    "mocha.solvers",
    "mocha.policies",
    "mocha.transformers",
    "mocha.importers",
    "mocha.exporters",
    "mocha.commands",
)


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """One entry point: `name` in `group` means the object at `value` (`module:attribute`) of a distribution."""

    group: str
    name: str
    distribution: str
    version: str
    value: str

    @property
    def owner(self) -> str:
        """The distribution and its version, as shown to users."""
        return f"{self.distribution} {self.version}"

    @property
    def module(self) -> str:
        """The module that `load` imports."""
        return self.value.partition(":")[0].strip()

    @property
    def package(self) -> str:
        """The import package that holds the object, as in `prefer=`."""
        return self.module.partition(".")[0]

    def load(self) -> Any:
        """The object; whatever goes wrong in its package becomes a `PluginError` that names the package."""
        try:
            return metadata.EntryPoint(self.name, self.value, self.group).load()
        except Exception as cause:
            raise self.broken(cause) from cause

    def broken(self, cause: object) -> PluginError:
        """The error to raise when this offer cannot be used: `raise offer.broken(cause)`."""
        text = f"{type(cause).__name__}: {cause}" if isinstance(cause, BaseException) else str(cause)
        why = " ".join(text.split())
        return PluginError(
            f"{describe(self.group)} {self.name!r} of {self.owner} is broken ({self.value}: {why}); "
            f"mend it with: pip install --upgrade --force-reinstall {self.distribution}, or uninstall it"
        )


@functools.cache
def offers(group: str) -> tuple[Offer, ...]:
    """All offers of a group, sorted by name and distribution, so that the order of `sys.path` decides nothing.

    The scan is kept; `forget()` makes the next question look again.
    """
    points = _everything().select(group=group)
    return tuple(sorted({_offer(point) for point in points}))


def unknown_groups() -> tuple[str, ...]:
    """Groups called `mocha.<something>` that packages offer in and nobody asks: misspelt, or of another version."""
    return tuple(sorted(g for g in _everything().groups if g.startswith("mocha.") and g not in GROUPS))


def forget() -> None:
    """Look at the installed packages again, after one was installed or removed while the program runs."""
    offers.cache_clear()
    _everything.cache_clear()


def describe(group: str) -> str:
    """What a group holds, in words: `mocha.coffee_breaks` holds a "coffee break".

    >>> describe("mocha.coffee_breaks"), describe("mocha.policies")
    ('coffee break', 'policy')
    """
    many = group.removeprefix("mocha.").replace("_", " ")
    return f"{many.removesuffix('ies')}y" if many.endswith("ies") else many.removesuffix("s")


@functools.cache
def _everything() -> Any:
    return metadata.entry_points()


def _offer(point: metadata.EntryPoint) -> Offer:
    owner = point.dist
    name, version = (owner.name, owner.version) if owner is not None else ("a package without metadata", "")
    return Offer(point.group, point.name, name, version, point.value)
