"""Autotuning takes no time where nothing is to be measured."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mocha_cython import CythonBackend
from mocha_cython.tuning import fingerprint
from mocha_cython.tuning.store import Store, Verdict, usual_store

MILLISECONDS = 1e-3

LOOK = """
import json, sys
events = []
sys.addaudithook(lambda event, _: events.append(event))
from mocha_cython.tuning.fingerprint import fingerprint
from mocha_cython.tuning import usual_store
store = usual_store(1, 2)
print(json.dumps([fingerprint(1, 2), str(store), sorted(set(events))]))
"""


@pytest.fixture(scope="module")
def looked() -> list[Any]:
    """What a new process says of the machine and the cache, and what it did for that."""
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    answer: list[Any] = json.loads(done.stdout)
    return answer


def test_a_new_process_finds_the_same_file(looked: list[Any]) -> None:
    assert looked[0] == fingerprint.fingerprint(1, 2)
    assert looked[1] == str(usual_store(1, 2))


def test_it_starts_no_other_program(looked: list[Any]) -> None:
    started = {"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.exec", "os.spawn"}
    assert not started & set(looked[2])


def test_it_is_quick(tmp_path: Path) -> None:
    """The best of a few openings that look at everything anew and read a file of a hundred choices."""
    machine = fingerprint.fingerprint(0, 1)
    path = tmp_path / f"tuning-{fingerprint.name_of(machine)}.json"
    verdict = Verdict("a", {"a": 1.0, "b": 2.0, "c": 3.0})
    store = Store(path, machine)
    store._mine.update({f"a layer of some shape, described at some length, number {k}": verdict for k in range(99)})
    store.keep("the last", verdict)
    assert min(_lookup(path) for _ in range(5)) < 5 * MILLISECONDS


def _lookup(path: Path) -> float:
    fingerprint.build.cache_clear()
    fingerprint.processor.cache_clear()
    start = time.process_time()
    store = Store(path, fingerprint.fingerprint(0, 1))
    assert len(store) == 100
    return time.process_time() - start


def test_doctor_says_where_the_choices_are() -> None:
    backend = CythonBackend(autotune=True)
    assert backend.tuner is not None
    path = backend.tuner.store.path
    assert f"autotuning knows {len(backend.tuner.store)} choices ({path})" in " ".join(backend.registry.reports)


def test_the_fingerprint_of_a_processor_without_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fingerprint, "CPUINFO", tmp_path / "nothing")
    monkeypatch.setenv("PROCESSOR_IDENTIFIER", "Some Processor, Model 7")
    fingerprint.processor.cache_clear()
    assert fingerprint.processor() == "Some Processor, Model 7"
    fingerprint.processor.cache_clear()


def test_other_builds_have_another_file() -> None:
    machine = fingerprint.fingerprint(0, 1)
    names = [fingerprint.name_of(machine), fingerprint.name_of({**machine, "build": "another"})]
    assert len({*names, fingerprint.name_of({**machine, "numpy": "9"})}) == 3
