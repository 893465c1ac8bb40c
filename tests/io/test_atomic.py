"""Files are there whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mocha_core.io.atomic import replacing, sweep


def test_the_file_appears_when_all_is_written(tmp_path):
    path = tmp_path / "new" / "file"
    with replacing(path) as unfinished:
        unfinished.write_bytes(b"all")
        assert not path.exists()
    assert path.read_bytes() == b"all"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_an_error_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(path) as unfinished:
            unfinished.write_bytes(b"half")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        fail()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def has_links(monkeypatch) -> None:
    """The file system as it is."""


def has_no_links(monkeypatch) -> None:
    def refuse(*names) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)


SYSTEMS = pytest.mark.parametrize("system", [has_links, has_no_links])


@SYSTEMS
def test_a_free_name_is_taken(tmp_path, monkeypatch, system):
    system(monkeypatch)
    with replacing(tmp_path / "file", overwrite=False) as unfinished:
        unfinished.write_bytes(b"all")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file", b"all")]


@SYSTEMS
def test_a_name_that_another_took_meanwhile_is_left_to_it_and_nothing_is_lost(tmp_path, monkeypatch, system):
    system(monkeypatch)
    path = tmp_path / "file"

    def write() -> None:
        with replacing(path, overwrite=False) as unfinished:
            unfinished.write_bytes(b"mine")
            path.write_bytes(b"another's")

    with pytest.raises(FileExistsError) as caught:
        write()
    assert path.read_bytes() == b"another's"
    assert str(caught.value.filename2) == str(path)
    assert Path(caught.value.filename).read_bytes() == b"mine"


KILLED_BEFORE_THE_RENAME = """
import os, signal, sys
os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
from mocha_core.io.array_file import write_arrays
import numpy as np
write_arrays(sys.argv[1], {"a": np.ones(3)})
"""


def test_a_program_killed_before_the_rename_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.h5"
    path.write_bytes(b"old")
    ended = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_RENAME, str(path)], check=False)
    assert ended.returncode < 0
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    sweep(tmp_path, "*.h5")
    assert [p.name for p in tmp_path.iterdir()] == ["file.h5"]


def test_sweeping_takes_leftovers_only(tmp_path):
    kept = {".file.h5.tmp", "file.h5", ".other.txt.0123456789ab.tmp"}
    for name in [*kept, ".file.h5.0123456789ab.tmp"]:
        (tmp_path / name).touch()
    sweep(tmp_path, "*.h5")
    assert {p.name for p in tmp_path.iterdir()} == kept
