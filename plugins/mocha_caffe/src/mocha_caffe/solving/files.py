"""Where the files are that a solver names."""

from __future__ import annotations

from pathlib import Path

from mocha_core.errors import MissingFileError
from mocha_core.log import logger


def find(named: str, what: str, folder: Path) -> Path:
    """The file that is `named` in a file of `folder`: from the working directory, as in Caffe, or from that folder.

    Which of them it was is logged where it is the second. `MissingFileError` names both places.
    """
    path, beside = Path(named), folder / named
    if path.exists() or path.is_absolute():
        if not path.exists():
            raise MissingFileError(f"{what}: there is no file {named!r}; correct the path")
        return path
    if not beside.exists():
        raise MissingFileError(
            f"{what}: there is no file {named!r}, neither in the working directory {Path.cwd()} nor in "
            f"{folder.absolute()}; correct the path, or start Mocha where Caffe was started"
        )
    logger.info("%s: %s is not in the working directory; taking %s", what, named, beside)
    return beside
