"""Damaged databases: their records or one error, and the process lives. `MOCHA_FUZZ=1000000` tries a million."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mocha_caffe.data.lmdb import Reader
from mocha_core import MochaError

from ..formats.strategies import CASES
from .databases import write_lmdb

COUNT = max(300, CASES // 20)
SEED = 1 if CASES == 5000 else random.SystemRandom().randrange(2**31)
LOOK = 220
"""Bytes at the beginning of a page: its header, the places of its nodes, and the first of these."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    chance = random.Random(0)
    records = [
        (b"%06d" % k + bytes(chance.randrange(150)), chance.randbytes(chance.choice([3, 40, 3000]))) for k in range(150)
    ]
    return (write_lmdb(tmp_path_factory.mktemp("lmdb") / "db", records) / "data.mdb").read_bytes()


def read(path: Path, content: bytes) -> int:
    path.write_bytes(content)
    return sum(len(key) + len(bytes(value)) for key, value in Reader(path))


def damaged(sound: bytes, chance: random.Random) -> bytes:
    data = bytearray(sound)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) // 4096) * 4096 + chance.randrange(LOOK)
        data[at : at + chance.choice([1, 1, 2, 8])] = bytes([chance.choice([0, 1, 0xFF, chance.randrange(256)])])
    return bytes(data[: chance.randrange(len(data))] if chance.random() < 0.1 else data)


def test_it_is_sound(tmp_path, sound):
    assert read(tmp_path / "data.mdb", sound) > 100_000


def test_fuzz_databases(tmp_path, sound):
    outcomes, texts = set(), set()
    for case in range(COUNT):
        content = damaged(sound, random.Random(SEED + case))
        try:
            read(tmp_path / "data.mdb", content)
            outcomes.add("read")
        except MochaError as error:
            texts.add(str(error))
            outcomes.add("refused")
        except Exception as error:
            raise AssertionError(f"case {SEED + case}: {error!r}") from error
    assert outcomes == {"read", "refused"}
    assert all(text.startswith(str(tmp_path)) for text in texts)


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_truncated_database_is_told_before_it_is_read(tmp_path, sound, part):
    (tmp_path / "data.mdb").write_bytes(sound[: int(len(sound) * part)])
    with pytest.raises(MochaError, match=r"is truncated: [0-9]+ bytes of [0-9]+; get it again"):
        Reader(tmp_path)
