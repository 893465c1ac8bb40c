"""Files are there whole or not at all."""

from __future__ import annotations

import subprocess
import sys

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
