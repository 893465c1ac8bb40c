"""Databases read page by page, against the real Caffe's and the package `lmdb`."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from mocha_caffe.data.datum import read_datum, write_datum
from mocha_caffe.data.lmdb import Reader
from mocha_caffe.data.lmdb.pages import BRANCH, DEEPEST, HEADER, LEAF, MAGIC, META, NODE, NOTHING, VERSION
from mocha_core import MissingFileError, MochaError

from .databases import bgr, lmdb, write_lmdb

PAGE = 4096


@pytest.fixture
def caffes(shared):
    return shared / "oracles" / "caffe" / "lmdb"


def test_the_images_of_caffes_own_database(caffes):
    rgb, labels = np.load(caffes / "imgs_rgb.npy"), np.load(caffes / "imgs_labels.npy")
    records = list(Reader(caffes / "imgs_lmdb"))
    assert len(records) == len(rgb) == 12
    for (_, value), image, label in zip(records, rgb, labels, strict=True):
        picture = read_datum(value, "here")
        np.testing.assert_array_equal(picture.pixels, bgr(image))
        assert picture.label == label


def test_its_keys_are_number_and_file_name(caffes):
    names = [line.split()[0] for line in (caffes / "list.txt").read_text().splitlines()]
    assert [key.decode() for key, _ in Reader(caffes / "imgs_lmdb")] == [f"{k:08}_{n}" for k, n in enumerate(names)]


def test_records_written_here_are_caffes_byte_for_byte(caffes):
    rgb, labels = np.load(caffes / "imgs_rgb.npy"), np.load(caffes / "imgs_labels.npy")
    for (_, value), image, label in zip(Reader(caffes / "imgs_lmdb"), rgb, labels, strict=True):
        assert write_datum(bgr(image), int(label)) == bytes(value)


def test_the_file_may_be_named_instead_of_the_folder(caffes):
    assert len(Reader(caffes / "imgs_lmdb" / "data.mdb")) == 12


def varied(folder, seed: int, count: int):
    """A database of several levels with values on pages of their own, from which records were taken out again."""
    chance = random.Random(seed)
    keys = [b"%08d" % k + bytes(chance.randrange(0, 200)) for k in range(count)]
    sizes = [chance.choice([0, 1, 100, 1000, 2000, 2050, 5000]) for _ in keys]
    write_lmdb(folder, [(key, chance.randbytes(size)) for key, size in zip(keys, sizes, strict=True)])
    with lmdb.open(str(folder), map_size=1 << 26) as database:
        with database.begin(write=True) as transaction:
            for key in chance.sample(keys, count // 7):
                transaction.delete(key)
        with database.begin() as transaction:
            return [(bytes(key), bytes(value)) for key, value in transaction.cursor()]


@pytest.mark.parametrize("count", [1, 2, 300, 4000])
def test_as_the_package_reads_it(tmp_path, count):
    expected = varied(tmp_path / "db", count, count)
    assert [(key, bytes(value)) for key, value in Reader(tmp_path / "db")] == expected


def test_in_any_order(tmp_path):
    expected = varied(tmp_path / "db", 0, 1000)
    reader = Reader(tmp_path / "db")
    for number in random.Random(1).sample(range(len(expected)), 200):
        key, value = reader.record(number)
        assert (key, bytes(value)) == expected[number]


def test_while_others_have_it_open(tmp_path):
    write_lmdb(tmp_path / "db", [(b"a", b"1")])
    with lmdb.open(str(tmp_path / "db")) as database, database.begin(write=True) as transaction:
        transaction.put(b"b", b"2")
        assert [bytes(value) for _, value in Reader(tmp_path / "db")] == [b"1"]


def test_a_read_only_folder_stays_as_it_is(tmp_path):
    write_lmdb(tmp_path / "db", [(b"a", b"1")])
    (tmp_path / "db" / "lock.mdb").unlink()
    list(Reader(tmp_path / "db"))
    assert [file.name for file in (tmp_path / "db").iterdir()] == ["data.mdb"]


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({}, "is a folder, where an LMDB is wanted; an LMDB is a folder with the file data.mdb"),
        ({"CURRENT": b"MANIFEST-1"}, "is a LevelDB, which Mocha does not read(?s:.*)convert-imageset(?s:.*)plyvel"),
        ({"data.mdb": b""}, "no LMDB's"),
        ({"data.mdb": b"<html>" + bytes(9000)}, "no LMDB's"),
        ({"data.mdb": bytes(12) + b"\xde\xc0\xef\xbe" + bytes(9000)}, "32-bit"),
        ({"data.mdb": bytes(16) + b"\xbe\xef\xc0\xde" + bytes(9000)}, "big-endian"),
    ],
)
def test_what_is_no_database(tmp_path, files, text):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(MochaError, match=text) as raised:
        Reader(tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_a_database_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="there is no database"):
        Reader(tmp_path / "gone")


def test_an_empty_database(tmp_path):
    with pytest.raises(MochaError, match="is empty: it has no records"):
        Reader(write_lmdb(tmp_path / "db", []))


def test_several_values_of_one_key_are_not_caffes(tmp_path):
    with lmdb.open(str(tmp_path / "db"), max_dbs=1) as database:
        database.open_db(b"inner")
    with pytest.raises(MochaError, match="has several values, or is a database itself"):
        list(Reader(tmp_path / "db"))


def page(number: int, kind: int, below: list[int]) -> bytes:
    """A page with nodes that point to the pages below."""
    content = bytearray(PAGE)
    places = [PAGE - NODE.size * (k + 1) for k in range(len(below))]
    HEADER.pack_into(content, 0, number, 0, kind, HEADER.size + 2 * len(below), places[-1] if places else PAGE)
    for k, (place, child) in enumerate(zip(places, below, strict=True)):
        NODE.pack_into(content, place, child & 0xFFFF, child >> 16, 0, 0)
        struct.pack_into("<H", content, HEADER.size + 2 * k, place)
    return bytes(content)


def head(number: int, depth: int, last: int) -> bytes:
    """One of the two first pages, which says that there are records; the tree begins at page 2."""
    content = bytearray(PAGE)
    HEADER.pack_into(content, 0, number, 0, 8, 0, 0)
    free, main = (PAGE, 0, 0, 0, 0, 0, 0, NOTHING), (0, 0, depth, depth - 1, 1, 0, 5, 2)
    META.pack_into(content, HEADER.size, MAGIC, VERSION, 0, PAGE * (last + 1), *free, *main, last, number + 1)
    return bytes(content)


def test_pages_that_are_pointed_to_twice_are_refused_in_no_time(tmp_path):
    """2^30 ways lead to the one leaf, which is empty."""
    last = DEEPEST
    branches = [page(k, BRANCH, [k + 1, k + 1]) for k in range(2, last)]
    heads = [head(number, last - 1, last) for number in (0, 1)]
    (tmp_path / "data.mdb").write_bytes(b"".join([*heads, *branches, page(last, LEAF, [])]))
    with pytest.raises(MochaError, match="several of its pages point to the same one; the database is damaged"):
        list(Reader(tmp_path))
