"""The one family of errors.

Every error that a user can cause derives from `MochaError` and from the built-in it resembles, so that both
`except MochaError` and `except ValueError` work. A text says what is wrong, where, and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MochaError(Exception):
    """Anything Mocha refuses. Catch this to catch every error of the framework."""


class OptionError(MochaError, ValueError):
    """An option of a layer, solver or coffee break has a value that cannot work, or a name that does not exist."""


class ShapeError(MochaError, ValueError):
    """Shapes do not fit; the text names the layer, the blobs and the shapes on both sides."""


class TopologyError(MochaError, ValueError):
    """The layers do not form a net: a missing or doubled blob, a cycle, a gradient that reaches no loss."""


class ParameterError(MochaError, ValueError):
    """Parameters cannot be shared, found or loaded as asked."""


class DataError(MochaError, ValueError):
    """A data set is missing, empty, of unequal lengths, of a wrong type or holds an impossible label."""


class MissingFileError(MochaError, FileNotFoundError):
    """A file or folder that was named does not exist."""

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args)


class SnapshotError(MochaError, ValueError):
    """A snapshot or model file is damaged, hostile, or belongs to another net or solver."""


class SolverError(MochaError, RuntimeError):
    """Training cannot go on as asked."""


class NumericalError(SolverError, ArithmeticError):
    """A NaN or Inf came up; the text names the first layer and blob that hold one."""


class PluginError(MochaError, ImportError):
    """A plugin is broken or missing; the text names its distribution and version."""

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args)


class PluginConflictError(PluginError):
    """Two packages claim one name; the text names both and the line that settles it."""


class BlobAccessError(MochaError, LookupError):
    """A blob was asked for that does not exist, or whose memory is reused within a step."""


def suggest(name: str, known: Iterable[str]) -> str:
    """`"; did you mean 'kernel'?"`, or the list of what is known, or nothing if nothing is.

    >>> suggest("kernal", ["kernel", "stride"])
    "; did you mean 'kernel'?"
    >>> suggest("zzz", ["kernel", "stride"])
    '; known are: kernel, stride'
    """
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return "; known are: " + ", ".join(choices) if choices else ""
