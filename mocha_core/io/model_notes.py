"""What travels with a model besides its weights: licence, attribution, source, and how its images are prepared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..errors import OptionError
from ..preprocessing import Preprocessing

LONGEST = 1 << 18
"""Characters of a text; the longest licences in use have about 50,000."""
TEXTS = ("licence", "attribution", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNotes:
    """What is known of a model; `net.notes`. It goes into every file written of the net, and is read again from there.

    licence, attribution, source: texts of at most 262,144 characters; empty: nothing is known.
    preprocessing: how images become what the net reads.

    >>> from mocha_core import ModelNotes, Preprocessing
    >>> notes = ModelNotes(licence="BSD 2-clause", preprocessing=Preprocessing(colour="gray", scale=1 / 256))
    >>> notes.as_strings()["licence"]
    'BSD 2-clause'
    >>> ModelNotes.from_strings(notes.as_strings()) == notes
    True
    """

    licence: str = ""
    attribution: str = ""
    source: str = ""
    preprocessing: Preprocessing | None = None

    def __post_init__(self) -> None:
        for name in TEXTS:
            text = getattr(self, name)
            if not isinstance(text, str):
                hint = f"; read it with {text!r}.read_text()" if isinstance(text, Path) else ""
                raise OptionError(f"ModelNotes: {name} is a text, not {text!r}{hint}")
            if len(text) > LONGEST:
                raise OptionError(
                    f"ModelNotes: {name} has {len(text)} characters; at most {LONGEST} travel with a model"
                )
        if not isinstance(self.preprocessing, Preprocessing | None):
            raise OptionError(f"ModelNotes: preprocessing is a Preprocessing(...), not {self.preprocessing!r}")

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return any(getattr(self, field.name) for field in fields(self))

    def completed(self, other: ModelNotes) -> ModelNotes:
        """These notes, with what they lack from others."""
        lacking = {f.name: getattr(other, f.name) for f in fields(self) if not getattr(self, f.name)}
        return replace(self, **lacking)

    def as_strings(self) -> Mapping[str, str]:
        """What is known, by name, as texts for the metadata of other formats; `preprocessing` is JSON."""
        found = {name: getattr(self, name) for name in TEXTS if getattr(self, name)}
        if self.preprocessing is not None:
            found["preprocessing"] = json.dumps(self.preprocessing.as_json())
        return found

    @classmethod
    def from_strings(cls, strings: Mapping[str, str]) -> ModelNotes:
        """The notes that `as_strings` made; other names are ignored. Raises `MochaError` where they are damaged."""
        found: dict[str, Any] = {name: strings[name] for name in TEXTS if name in strings}
        if "preprocessing" in strings:
            found["preprocessing"] = Preprocessing.from_json(_dictionary(strings["preprocessing"]))
        return cls(**found)

    def lines(self) -> list[str]:
        """One line for each thing that is known; of long texts the first words."""
        said = [f"{name}: {_first_words(getattr(self, name))}" for name in TEXTS if getattr(self, name)]
        return said + ([f"preprocessing: {self.preprocessing!r}"] if self.preprocessing is not None else [])


def _dictionary(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OptionError(f"the stored preprocessing is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise OptionError("the stored preprocessing is no dictionary")
    return found


def _first_words(text: str, width: int = 80) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    shown = first if len(first) <= width else f"{first[: width - 3]}..."
    return shown if len(lines) < 2 else f"{shown} ({len(lines)} lines)"
