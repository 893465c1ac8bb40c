"""`mocha doctor`: which backends work here, and why others do not."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import metadata
from typing import Any

from ..errors import MochaError


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `doctor`."""
    parser = subparsers.add_parser("doctor", help="which backends work here, and why others do not")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a report; status 1 if no backend works."""
    from ..default_backend import survey
    from ..plugins.advice import advise

    print(f"mocha-core {metadata.version('mocha-core')}, Python {platform.python_version()}, {platform.platform()}")
    print(", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "h5py", "pluggy")))
    print(f"{os.cpu_count()} processors; {sys.executable}")
    candidates = survey()
    for candidate in candidates:
        state = "works" if candidate.why is None else candidate.why
        print(f"backend {candidate.name} ({candidate.owner}): {state}")
        if candidate.kind is not None:
            _report(candidate.offer, candidate.kind, working=candidate.why is None)
    working = [c for c in candidates if c.why is None]
    print(f"default: {working[0].name}" if working else f"no backend works here{advise()}")
    return 0 if working else 1


def _report(offer: Any, kind: Any, working: bool) -> None:
    from ..plugins.backends import needs_of, open_backend

    try:
        for line in needs_of(offer, kind):
            print(f"  {line}")
        if working:
            with open_backend(offer, kind, {}) as backend:
                for line in backend.registry.reports:
                    print(f"  {line}")
    except MochaError as error:
        print(f"  cannot be opened: {error}")
