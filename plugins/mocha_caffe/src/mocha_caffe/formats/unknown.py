"""Fields that the schema does not know: kept, so that a user's own layer can read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .source import NOWHERE, Place


@dataclass(slots=True)
class Untyped:
    """A block of an unknown field. A field reads as its value if it is there once, as a list if it is there more often.

    >>> Untyped({"alpha": [0.5], "order": [2, 1]}).order
    [2, 1]
    """

    values: dict[str, list[Any]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name == "values" or name not in self.values:
            raise AttributeError(f"there is no {name!r} here; there are: {', '.join(self.values) or 'no fields'}")
        return self.get(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The field's value, or `default` if it is not there."""
        found = self.values.get(name, [default])
        return found[0] if len(found) == 1 else found


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """One unknown field. From text it has a name and its exact spelling, from a binary file a number and its bytes.

    Two are equal if they are written the same: a NaN, which equals nothing, then makes no difference.
    """

    name: str
    """Its name, or its number as digits."""
    value: Any
    """A number, bool, str or `Untyped` from text; the raw bytes (key included) from a binary file."""
    text: str = ""
    """The value as it was written; empty for binary."""
    place: Place = NOWHERE

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self._written() == other._written()

    def __hash__(self) -> int:
        return hash((self.name, self.text))

    def _written(self) -> tuple[str, Any]:
        return self.name, self.text or self.value

    def __str__(self) -> str:
        return f"{self.name} at {self.place}" if self.place.source else self.name
