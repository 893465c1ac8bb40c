"""The file of measured choices: shared, and trusted with nothing."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mocha_core.io.cache_folder import CACHE, cache_folder
from mocha_cython.tuning.store import Store, Verdict, usual_store

MACHINE: dict[str, str | int] = {"processor": "one", "threads": 2}
FAST = Verdict("a", {"a": 1.5, "b": 2.25})
SLOW = Verdict("b", {"a": 9.0, "b": 3.0})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "tuning.json"


def test_it_is_kept(path: Path) -> None:
    Store(path, MACHINE).keep("conv", FAST)
    assert Store(path, MACHINE).find("conv") == FAST
    assert Store(path, MACHINE).find("pool") is None
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_person_can_read_it(path: Path) -> None:
    Store(path, MACHINE).keep("conv", FAST)
    assert json.loads(path.read_text()) == {
        "machine": MACHINE,
        "choices": {"conv": {"chosen": "a", "microseconds": {"a": 1.5, "b": 2.25}}},
    }


def test_two_processes_lose_nothing(path: Path) -> None:
    one, other = Store(path, MACHINE), Store(path, MACHINE)
    assert one.find("conv") is other.find("conv") is None
    one.keep("conv", FAST)
    other.keep("pool", FAST)
    one.keep("lrn", FAST)
    assert other.find("lrn") == FAST, "the other process looks again before it measures"
    assert len(Store(path, MACHINE)) == len(one) == 3


def test_the_later_of_two_stays_and_a_process_is_true_to_itself(path: Path) -> None:
    one, other = Store(path, MACHINE), Store(path, MACHINE)
    one.keep("conv", FAST)
    other.keep("conv", SLOW)
    assert one.find("conv") == FAST
    assert Store(path, MACHINE).find("conv") == SLOW


def test_many_processes_at_once(path: Path) -> None:
    """Whoever comes last, the file is whole."""
    program = f"""
from pathlib import Path
from mocha_cython.tuning.store import Store, Verdict
import sys
store = Store(Path({str(path)!r}), {MACHINE!r})
for k in range(40):
    store.keep(f"{{sys.argv[1]}} {{k}}", Verdict("a", {{"a": 1.0}}))
    assert store.find("nobody") is None
"""
    running = [subprocess.Popen([sys.executable, "-W", "error", "-c", program, str(n)]) for n in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(Store(path, MACHINE)) >= 40
    assert [p.name for p in path.parent.iterdir()] == [path.name]


DAMAGED = {
    "empty": "",
    "half": '{"machine": {"processor": "one", "thr',
    "no object": "[1, 2]",
    "no choices": json.dumps({"machine": MACHINE}),
    "choices are a list": json.dumps({"machine": MACHINE, "choices": [1]}),
    "a choice is a number": json.dumps({"machine": MACHINE, "choices": {"conv": 3}}),
    "times are words": json.dumps(
        {"machine": MACHINE, "choices": {"conv": {"chosen": "a", "microseconds": {"a": "soon"}}}}
    ),
    "deep": "[" * 100_000,
    "bytes": "\udcff",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_ignored_and_written_anew(path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_text(text, "utf-8", errors="surrogateescape")
    store = Store(path, MACHINE)
    with caplog.at_level(logging.WARNING, "mocha"):
        assert store.find("conv") is None
    assert f"{path} is ignored, and will be written anew" in caplog.text
    store.keep("conv", FAST)
    assert Store(path, MACHINE).find("conv") == FAST


def test_another_machines_file_is_ignored(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Store(path, {**MACHINE, "threads": 3}).keep("conv", FAST)
    with caplog.at_level(logging.WARNING, "mocha"):
        assert Store(path, MACHINE).find("conv") is None
    assert "of another machine or version" in caplog.text


def test_where_nothing_can_be_written_it_works_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "tuning.json", MACHINE)
    with caplog.at_level(logging.INFO, "mocha"):
        store.keep("conv", FAST)
        store.keep("pool", SLOW)
    assert store.find("conv") == FAST
    assert caplog.text.count("are not kept for the next process") == 1
    assert str(store) == "autotuning knows 2 choices (memory only)"


def test_without_a_folder_it_is_memory(caplog: pytest.LogCaptureFixture) -> None:
    store = Store(None, MACHINE)
    store.keep("conv", FAST)
    assert store.find("conv") == FAST
    assert caplog.text == ""


def test_verdicts_about_others_do_not_count() -> None:
    assert FAST.is_about(["b", "a"])
    assert not FAST.is_about(["a"])
    assert not FAST.is_about(["a", "b", "c"])
    assert not Verdict("c", {"a": 1.0}).is_about(["a"])


def test_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv(CACHE, str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv(CACHE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "mocha"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "mocha"


def test_the_folder_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delenv(CACHE)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert cache_folder() == tmp_path / "mocha"


def test_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(CACHE)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    assert cache_folder() is None


def test_files_differ_by_threads_and_instruction_set() -> None:
    stores = [usual_store(0, 1), usual_store(0, 2), usual_store(1, 1)]
    assert len({store.path for store in stores}) == 3
    assert usual_store(0, 1) is stores[0]
    assert {store.path.parent for store in stores if store.path} == {Path(os.environ[CACHE])}
