"""Making room in a folder of snapshots for another training, without losing anything."""

from __future__ import annotations

import itertools
from pathlib import Path

from ..errors import SnapshotError
from ..log import logger
from .load_from import snapshots_in

BEST = "best.h5"
"""Beside the snapshots: the parameters of a training at its best."""

MOST = 5
"""Of names in one message."""


def set_aside(folder: Path, after: int) -> None:
    """Move the snapshots of iterations above `after`, and `best.h5`, into a new folder `old-1`, `old-2`, ... in it.

    The highest snapshot goes last: until then whoever is resumed from `folder` goes on from it, as if nothing had been
    moved, and afterwards from none of them. So it does not matter when this is killed.
    """
    later = [path for number, path in snapshots_in(folder).items() if number > after]
    best = folder / BEST
    moved = [best, *later] if best.exists() and (later or after < 0) else later
    if not moved:
        return
    aside = next(path for n in itertools.count(1) if not (path := folder / f"old-{n}").exists())
    names = _shown([path.name for path in moved])
    logger.warning(
        "In %s are files of a training that this one does not go on from; they go to %s: %s", folder, aside, names
    )
    try:
        aside.mkdir()
        for path in moved:
            path.rename(aside / path.name)
    except OSError as error:
        raise SnapshotError(
            f"{folder} holds {names} of another training, which cannot be moved to {aside}: {error.strerror}; move "
            f"them away, or give this training a folder of its own"
        ) from error


def _shown(names: list[str]) -> str:
    """All of them, or of many the ends.

    >>> _shown(["a", "b"]), _shown(list("abcdef"))
    ('a, b', 'a, b ... f (6 files)')
    """
    return ", ".join(names) if len(names) <= MOST else f"{names[0]}, {names[1]} ... {names[-1]} ({len(names)} files)"
