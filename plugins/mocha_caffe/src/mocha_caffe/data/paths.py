"""Where the images of a list are."""

from __future__ import annotations

import os
from pathlib import Path

from mocha_core.errors import MissingFileError


def image_path(root: str, name: str, source: str, place: str) -> Path:
    """The file that a list means by `name`; `MissingFileError` beginning with `place` if there is none.

    root: written in front of the name, with a `/` between them if neither has one. A relative path counts from the
    working directory or, if nothing is there, from the folder of the list.
    """
    apart = root and not root.endswith(("/", os.sep)) and not name.startswith("/")
    path = f"{root}/{name}" if apart else root + name
    for found in (Path(path), Path(source).parent / path):
        if found.is_file():
            return found
    raise MissingFileError(
        f"{place}: there is no image {path!r} (looked in {Path.cwd()} and {Path(source).parent}); root_folder is "
        f"written in front of each path"
    )
