"""Which of Mocha's own packages to install, read from the metadata of this distribution, never from a list in code."""

from __future__ import annotations

import re
from importlib import metadata

CORE = "mocha-core"
_OPTIONAL = re.compile(r"(?P<package>[\w.-]+).*;.*extra == ['\"](?P<extra>[\w.-]+)['\"]")


def extras() -> tuple[str, ...]:
    """The extras of mocha-core that bring in exactly one other package of Mocha, in the order of its metadata."""
    brings: dict[str, list[str]] = {}
    for line in _requirements():
        if match := _OPTIONAL.match(line):
            brings.setdefault(match["extra"], []).append(match["package"])
    return tuple(extra for extra, packages in brings.items() if _is_member(packages))


def advise(name: str = "") -> str:
    """`; pip install "mocha-core[name]"` if an extra of that name exists, else which extras there are."""
    known, installs = extras(), installing(name)
    if installs or not known:
        return installs
    return f'; packages of Mocha: pip install "{CORE}[{known[0]}]" (likewise {", ".join(known[1:])})'


def installing(name: str) -> str:
    """`; install it with: pip install "mocha-core[name]"` if an extra of that name exists, else nothing."""
    known = extras()
    fitting = [extra for extra in known if name and extra.rstrip("0123456789") == name]
    fitting += [extra for extra in known if extra == name]
    return f'; install it with: pip install "{CORE}[{fitting[0]}]"' if fitting else ""


def _requirements() -> list[str]:
    try:
        return metadata.requires(CORE) or []
    except metadata.PackageNotFoundError:
        return []


def _is_member(packages: list[str]) -> bool:
    return len(packages) == 1 and packages[0].startswith("mocha-") and packages[0] != CORE
