"""Snapshots of the whole training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OptionError
from ..log import logger
from .coffee_break import Coffee
from .triggers import whole_number

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


class Snapshot(Coffee):
    """Writes `snapshot-%06d.h5` into a folder: everything that a training killed afterwards needs to go on exactly.

    directory: made if it is missing; what earlier killed writers left there half-written is removed.
    keep: how many to keep of those up to the present iteration, newest first; None keeps all.

    >>> from mocha_core import Snapshot
    >>> Snapshot("snapshots", keep=3).keep
    3
    """

    def __init__(self, directory: str | os.PathLike[str], keep: int | None = None) -> None:
        if not isinstance(directory, str | os.PathLike) or not str(directory):
            raise OptionError(f'Snapshot writes into a folder, e.g. Snapshot("snapshots"), not {directory!r}')
        self.folder: Path = Path(directory)
        self.keep = None if keep is None else whole_number("keep", keep)

    def init(self, net: Net, state: SolverState) -> None:
        from ..io.atomic import sweep

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OptionError(
                f"Snapshot cannot make the folder {self.folder}: {error.strerror}; name another"
            ) from error
        sweep(self.folder, "snapshot-*.h5")

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        """Write, unless training was just resumed from this very file; then forget what is more than `keep`."""
        from ..io.load_from import snapshot_name
        from ..io.snapshot_file import capture, write_snapshot

        path = self.folder / snapshot_name(state.iter)
        if state.loaded is not None and state.loaded.absolute() == path.absolute():
            return
        if path.exists():
            logger.warning("Overwriting the snapshot %s", path)
        logger.info("Saving snapshot to %s", path)
        write_snapshot(path, capture(state, lounge.state(), lounge.statistics))
        self._forget(state.iter)

    def _forget(self, iteration: int) -> None:
        """Later snapshots, of another run in this folder, are neither counted nor touched."""
        if self.keep is not None:
            from ..io.load_from import snapshots_in

            mine = [path for number, path in snapshots_in(self.folder).items() if number <= iteration]
            for path in mine[: -self.keep]:
                path.unlink(missing_ok=True)
