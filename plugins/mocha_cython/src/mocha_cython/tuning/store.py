"""A file of measured choices: read once, written anew after each, and never trusted."""

from __future__ import annotations

import functools
import json
import logging
import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mocha_core.io.cache_folder import cache_folder

from .fingerprint import Fingerprint, fingerprint, name_of

log = logging.getLogger("mocha")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which contestant was chosen, and how long each took."""

    chosen: str
    microseconds: Mapping[str, float]

    def is_about(self, names: Collection[str]) -> bool:
        """Whether these contestants were compared, no fewer and no others."""
        return self.chosen in self.microseconds and set(self.microseconds) == set(names)

    @classmethod
    def read(cls, value: Any) -> Verdict:
        """From a file; raises TypeError, ValueError or KeyError where that has something else."""
        times = {str(name): float(time) for name, time in dict(value["microseconds"]).items()}
        return cls(str(value["chosen"]), times)


class Store:
    """Verdicts by what they are about, kept in memory, and in a file if `path` is given and can be written.

    Processes that share the file see each other's verdicts; of two about the same thing the later one stays. A file
    that is damaged, or of another machine, is ignored and written anew.
    """

    def __init__(self, path: Path | None, machine: Fingerprint) -> None:
        self.path, self.machine = path, machine
        self._mine: dict[str, Verdict] = {}
        self._theirs: dict[str, Verdict] = {}
        self._seen: tuple[int, ...] = ()
        self._writes = path is not None

    def __len__(self) -> int:
        self._refresh()
        return len({**self._theirs, **self._mine})

    def __str__(self) -> str:
        where = str(self.path) if self.path is not None and self._writes else "memory only"
        return f"autotuning knows {len(self)} choices ({where})"

    def find(self, key: str) -> Verdict | None:
        """What is known; the file is looked at again if another process has written it."""
        for known in (self._mine, self._theirs):
            if key in known:
                return known[key]
        self._refresh()
        return self._theirs.get(key)

    def keep(self, key: str, verdict: Verdict) -> None:
        """Remember, in the file too; together with what is in the file by now."""
        self._mine[key] = verdict
        if self.path is not None and self._writes:
            self._refresh()
            try:
                _write(self.path, self._text())
            except OSError as error:
                self._writes = False
                log.info("measured choices of kernels are not kept for the next process: %s", error)

    def _text(self) -> str:
        choices = {key: asdict(verdict) for key, verdict in sorted({**self._theirs, **self._mine}.items())}
        return json.dumps({"machine": self.machine, "choices": choices}, indent=1) + "\n"

    def _refresh(self) -> None:
        seen = _state(self.path)
        if self.path is None or seen == self._seen:
            return
        self._seen = seen
        try:
            self._theirs = _read(self.path, self.machine) if seen else {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            log.warning("%s is ignored, and will be written anew: %s: %s", self.path, type(error).__name__, error)
            self._theirs = {}


@functools.cache
def store_in(folder: Path | None, level: int, threads: int) -> Store:
    """The store of this machine in a folder; one for the whole process."""
    machine = fingerprint(level, threads)
    return Store(folder and folder / f"tuning-{name_of(machine)}.json", machine)


def usual_store(level: int, threads: int) -> Store:
    """The store in the user's cache."""
    return store_in(cache_folder(), level, threads)


def _read(path: Path, machine: Fingerprint) -> dict[str, Verdict]:
    content = json.loads(path.read_text("utf-8"))
    if content["machine"] != machine:
        raise ValueError("it is of another machine or version")
    return {key: Verdict.read(value) for key, value in content["choices"].items()}


def _write(path: Path, text: str) -> None:
    """All or nothing: to a file beside it, which then takes its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _state(path: Path | None) -> tuple[int, ...]:
    """Changes when the file does; empty where there is none."""
    try:
        status = os.stat(path) if path else None
    except OSError:
        return ()
    return (status.st_ino, status.st_mtime_ns, status.st_size) if status else ()
