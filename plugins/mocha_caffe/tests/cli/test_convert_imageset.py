"""`mocha caffe convert-imageset`."""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from mocha_caffe.data.datum import read_datum
from mocha_caffe.data.lmdb import Reader
from mocha_caffe.data.resizing import resized
from mocha_caffe.formats import parse_wire
from mocha_core.cli.main import main

from ..data.databases import bgr, planes

RGB = [np.moveaxis(image, 0, -1) for image in planes(5, 3, 7, 6)]


@pytest.fixture
def listing(tmp_path) -> Path:
    for k, image in enumerate(RGB):
        Image.fromarray(image).save(tmp_path / f"{k}.png")
    (tmp_path / "list.txt").write_text("".join(f"{k}.png {k}\n" for k in range(5)))
    return tmp_path / "list.txt"


def convert(*arguments: object) -> int:
    return main(["caffe", "convert-imageset", *map(str, arguments)])


def pictures(folder: Path):
    return [read_datum(value, "here") for _, value in Reader(folder)]


def test_as_caffes_own_tool_writes_it(tmp_path, shared):
    folder = shared / "oracles" / "caffe" / "lmdb"
    for k, image in enumerate(np.load(folder / "imgs_rgb.npy")):
        Image.fromarray(image).save(tmp_path / f"{k:02}.png")
    assert convert(f"{tmp_path}/", folder / "list.txt", tmp_path / "db") == 0
    written, caffes = (
        [(key, bytes(value)) for key, value in Reader(each)] for each in (tmp_path / "db", folder / "imgs_lmdb")
    )
    assert written == caffes
    assert [file.name for file in (tmp_path / "db").iterdir()] == ["data.mdb"]


def test_many_images_outgrow_the_first_map(tmp_path, listing):
    large = np.random.default_rng(0).integers(0, 256, (1300, 1300, 3), dtype=np.uint8)
    Image.fromarray(large).save(tmp_path / "large.bmp")
    (tmp_path / "list.txt").write_text("large.bmp 1\n" * 4)
    assert convert(listing, tmp_path / "db") == 0
    assert [np.array_equal(picture.pixels, bgr(large)) for picture in pictures(tmp_path / "db")] == [True] * 4


@pytest.mark.parametrize("dash", ["-", "--"])
def test_gray_and_resized_in_caffes_spelling(tmp_path, listing, dash):
    options = [f"{dash}gray", f"{dash}resize_height", 4, f"{dash}resize_width", 3]
    assert convert(*options, listing, tmp_path / "db") == 0
    gray = [picture.pixels for picture in pictures(tmp_path / "db")]
    assert {image.shape for image in gray} == {(1, 4, 3)}
    whole = np.rint(RGB[0] @ [0.299, 0.587, 0.114]).astype(np.uint8)[None]
    assert np.abs(gray[0].astype(int) - resized(whole, 4, 3)).max() <= 1


def test_shuffled_always_in_the_same_order(tmp_path, listing):
    for name in ("a", "b"):
        assert convert("-shuffle", listing, tmp_path / name) == 0
    orders = [[picture.label for picture in pictures(tmp_path / name)] for name in ("a", "b")]
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == list(range(5)) != orders[0]


def test_encoded_the_files_are_kept(tmp_path, listing):
    assert convert("--encoded", listing, tmp_path / "db") == 0
    for k, (_, value) in enumerate(Reader(tmp_path / "db")):
        assert bytes(parse_wire(value, "Datum").data) == (tmp_path / f"{k}.png").read_bytes()
    np.testing.assert_array_equal([p.pixels for p in pictures(tmp_path / "db")], [bgr(image) for image in RGB])


@pytest.mark.parametrize("options", [["-encode_type", "bmp"], ["-resize_height", 5, "-resize_width", 5], ["-gray"]])
def test_encoded_anew_where_something_is_done(tmp_path, listing, options):
    assert convert("-encoded", *options, listing, tmp_path / "db") == 0
    plain = [option for option in options if option not in ("-encode_type", "bmp")]
    assert convert(*plain, listing, tmp_path / "plain") == 0
    both = zip(pictures(tmp_path / "db"), pictures(tmp_path / "plain"), strict=True)
    assert all(np.array_equal(mine.pixels, its.pixels) for mine, its in both)


def test_to_hdf5_without_the_package(tmp_path, listing, monkeypatch):
    monkeypatch.setitem(sys.modules, "lmdb", None)
    assert convert(listing, tmp_path / "set.h5") == 0
    assert (tmp_path / "set.txt").read_text() == "set.h5\n"
    with h5py.File(tmp_path / "set.h5") as file:
        np.testing.assert_array_equal(file["data"], [bgr(image) for image in RGB])


def test_an_lmdb_needs_the_package(tmp_path, listing, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "lmdb", None)
    assert convert(listing, tmp_path / "db") != 0
    assert "pip install 'mocha-caffe[lmdb]'" in capsys.readouterr().err
    assert not (tmp_path / "db").exists()


def test_sizes_are_checked_on_request(tmp_path, listing, capsys):
    Image.fromarray(RGB[0][:4]).save(tmp_path / "3.png")
    assert convert(listing, tmp_path / "any") == 0
    assert convert("-check_size", listing, tmp_path / "db") != 0
    assert "line 4: " in capsys.readouterr().err
    assert not (tmp_path / "db").exists()


def test_an_image_that_cannot_be_read(tmp_path, listing, capsys):
    (tmp_path / "1.png").write_bytes(b"no image")
    assert convert(listing, tmp_path / "db") != 0
    assert "list.txt, line 2: " in capsys.readouterr().err
    assert convert("--skip-bad", listing, tmp_path / "db") == 0
    assert [key[:8] for key, _ in Reader(tmp_path / "db")] == [b"00000000", b"00000002", b"00000003", b"00000004"]


def test_a_database_is_not_written_over(tmp_path, listing, capsys):
    assert convert(listing, tmp_path / "db") == 0
    before = (tmp_path / "db" / "data.mdb").read_bytes()
    assert convert(listing, tmp_path / "db") != 0
    assert "holds a database already" in capsys.readouterr().err
    assert (tmp_path / "db" / "data.mdb").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["list.txt"], "two or three paths"),
        (["-resize_height", "4", "list.txt", "db"], "go together"),
        (["-encoded", "list.txt", "out.h5"], "leave out --encoded"),
    ],
)
def test_wrong_arguments(listing, monkeypatch, capsys, arguments, text):
    monkeypatch.chdir(listing.parent)
    assert convert(*arguments) != 0
    assert text in capsys.readouterr().err
