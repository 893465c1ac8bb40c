"""Where a training starts: from a folder of snapshots, a snapshot, or a model file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MissingFileError, SnapshotError
from ..log import logger
from .model_file import load_network
from .resuming import check_fit, restore_values
from .safe_hdf5 import refuse_julia
from .safetensors import SUFFIX
from .snapshot_file import Contents, is_snapshot, read_snapshot, verify_snapshot

if TYPE_CHECKING:
    from ..solvers.state import SolverState

SNAPSHOT = re.compile(r"snapshot-(\d{6}|[1-9]\d{6,})\.h5")
FILES = (".h5", ".hdf5", SUFFIX)


def snapshot_name(iteration: int) -> str:
    """The file name of a snapshot.

    >>> snapshot_name(5000)
    'snapshot-005000.h5'
    """
    return f"snapshot-{iteration:06d}.h5"


def snapshots_in(folder: Path) -> dict[int, Path]:
    """The snapshots of a folder by iteration, lowest first; other names are ignored."""
    matches = [(SNAPSHOT.fullmatch(path.name), path) for path in folder.iterdir()] if folder.is_dir() else []
    return dict(sorted((int(match[1]), path) for match, path in matches if match))


def placed(path: Path) -> Path:
    """The path as `SolverState.saved` has it: absolute, whatever its folder is called here."""
    return path.parent.resolve() / path.name


def load_start(state: SolverState, written: Collection[Path] = ()) -> Contents | None:
    """Load what the parameter `load_from` names; the contents of a snapshot that training goes on from, else None.

    A folder gives its snapshot of the highest iteration that is not damaged. An empty folder gives a fresh start, and
    so does a missing one that snapshots are `written` to; any other missing path is a `MissingFileError`. Of a model
    file, or with `load_solver_state=False`, only the parameters are taken.
    """
    if not str(state.params["load_from"]):
        return None
    given = Path(state.params["load_from"])
    refuse_julia(given)
    path = given if _names_a_file(given) else _newest_good(given, written)
    if path is None:
        logger.info("No snapshots in %s yet: starting fresh", given)
        return None
    if not state.params["load_solver_state"] or path.suffix == SUFFIX or not is_snapshot(path):
        load_network(path, state.net)
        logger.info("Loaded the parameters in %s; starting at iteration 0", path)
        return None
    return _load_snapshot(path, state)


def _load_snapshot(path: Path, state: SolverState) -> Contents:
    contents = read_snapshot(path, lambda header: check_fit(header, state))
    restore_values(contents, state)
    state.loaded = path
    state.saved.add(placed(path))
    logger.info("Loaded the snapshot %s; continuing from iteration %d", path, state.iter)
    return contents


def _names_a_file(path: Path) -> bool:
    if path.is_dir():
        return False
    if path.suffix in FILES and not path.exists():
        raise MissingFileError(f"load_from names the file {str(path)!r}, which does not exist{_near(path)}")
    return path.exists()


def _near(path: Path) -> str:
    """What the user may have meant, of what is in the same folder."""
    there = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, there, n=1)
    return f"; did you mean {str(path.with_name(near[0]))!r}?" if near else "; correct the path."


def _newest_good(folder: Path, written: Collection[Path]) -> Path | None:
    """The snapshot to continue from; None where there never was one."""
    if not folder.is_dir() and folder.absolute() not in {each.absolute() for each in written}:
        raise MissingFileError(
            f"load_from names {str(folder)!r}, which does not exist, and no Snapshot break writes there{_near(folder)} "
            f'To start afresh, add_coffee_break(solver, Snapshot("{folder}"), every_n_iter=1000)'
        )
    faults = []
    for path in reversed(snapshots_in(folder).values()):
        try:
            verify_snapshot(path)
        except SnapshotError as error:
            logger.warning("%s; trying the snapshot before it", error)
            faults.append(str(error))
        else:
            return path
    if faults:
        raise SnapshotError(
            f"none of the {len(faults)} snapshots in {folder} can be read: {faults[0]}; move them away to start fresh"
        )
    return None
