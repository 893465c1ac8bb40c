"""Options of an export to ONNX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mocha_core.errors import OptionError, suggest

FIRST_OPSET, LAST_OPSET = 13, 21
DYNAMIC = "dynamic"


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks of the file.

    opset: the version of ONNX's operators, 13 ... 21; 17 is what most programs of today read.
    batch: "dynamic": the file takes any number of samples at once; or that number, for programs that must know it.
    outputs: the blobs that the file gives; by default those that no layer of the net reads.
    check: False to leave out the comparison in ONNX Runtime.
    """

    opset: int = 17
    batch: int | str = DYNAMIC
    outputs: tuple[str, ...] = ()
    check: bool = True

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """The options that a user gave by name; `OptionError` for one that cannot be."""
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise OptionError(f"export to ONNX has no option {name!r}{suggest(name, known)}")
        wanted = given.get("outputs", ())
        made = cls(**{**given, "outputs": (wanted,) if isinstance(wanted, str) else tuple(wanted)})
        if type(made.opset) is not int or not FIRST_OPSET <= made.opset <= LAST_OPSET:
            raise OptionError(f"opset is a whole number, {FIRST_OPSET} ... {LAST_OPSET}, not {made.opset!r}")
        if made.batch != DYNAMIC and (type(made.batch) is not int or made.batch < 1):
            raise OptionError(f'batch is "{DYNAMIC}", or the number of samples, at least 1, not {made.batch!r}')
        if not isinstance(made.check, bool):
            raise OptionError(f"check is True or False, not {made.check!r}")
        return made
