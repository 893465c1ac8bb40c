"""Images as users have them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mocha_core import DataError, MissingFileError
from mocha_core.data import images
from mocha_core.data.images import images_of, in_colour, is_images, pixels


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "count"),
    [((5, 4), 1), ((5, 4, 3), 1), ((5, 4, 1), 1), ((7, 5, 4), 7), ((7, 5, 4, 3), 7), ((7, 5, 4, 1), 7)],
)
def test_one_or_several(shape: tuple[int, ...], count: int) -> None:
    found = images_of(noise(*shape))
    assert len(found) == count
    assert pixels(found[0]).shape[:2] == (5, 4)


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((2, 5, 4, 4), "leave out the opacity: images[..., :3]"),
        ((2, 3, 5, 6), "images.transpose(0, 2, 3, 1), or give the net finished floats"),
        ((2, 7, 5, 4), "this array is (2, 7, 5, 4)"),
        ((9,), "this array is (9,)"),
    ],
)
def test_arrays_that_are_no_images(shape: tuple[int, ...], hint: str) -> None:
    with pytest.raises(DataError, match=re.escape(hint)):
        images_of(noise(*shape))


def test_what_counts_as_images() -> None:
    picture = Image.fromarray(noise(5, 4, 3))
    assert all(map(is_images, (noise(5, 4), picture, "cat.jpg", Path("cat.jpg"), [picture, "cat.jpg"], [noise(2, 2)])))
    assert not any(map(is_images, (noise(5, 4) / 1.0, [[1, 2]], [], noise(5).astype(np.int8), 3, None)))


def test_an_empty_list() -> None:
    with pytest.raises(DataError, match="no images in an empty list"):
        images_of([])


def test_a_pillow_image_and_its_file_are_the_array(tmp_path: Path) -> None:
    array = noise(5, 4, 3)
    Image.fromarray(array).save(tmp_path / "a.png")
    for given in (array, Image.fromarray(array), tmp_path / "a.png", str(tmp_path / "a.png")):
        np.testing.assert_array_equal(pixels(given), array)


@pytest.mark.parametrize(
    ("mode", "channels"), [("L", 1), ("1", 1), ("LA", 1), ("P", 3), ("RGBA", 3), ("CMYK", 3), ("YCbCr", 3)]
)
def test_every_mode_of_eight_bits(mode: str, channels: int) -> None:
    assert pixels(Image.fromarray(noise(5, 4, 3)).convert(mode)).shape == (5, 4, channels)


def test_a_palette_with_opacity_gives_no_warning(tmp_path: Path) -> None:
    Image.fromarray(noise(5, 4, 3)).convert("P").save(tmp_path / "a.png", transparency=b"\x00\x80\xff")
    assert pixels(tmp_path / "a.png").shape == (5, 4, 3)


def test_sixteen_bits_are_refused() -> None:
    with pytest.raises(DataError, match="other than eight bits"):
        pixels(Image.fromarray(np.full((5, 4), 70000, np.int32)))


def test_a_camera_that_was_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.fromarray(noise(16, 24, 3)).save(tmp_path / "a.jpg", exif=exif)
    assert pixels(tmp_path / "a.jpg").shape == (24, 16, 3)


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingFileError, match=r"there is no image '.*gone"):
        pixels(tmp_path / "gone.png")
    (tmp_path / "a.png").write_bytes(b"<html>not found</html>")
    with pytest.raises(DataError, match=r"a\.png cannot be read as an image"):
        pixels(tmp_path / "a.png")
    Image.fromarray(noise(5, 4, 3)).save(tmp_path / "b.png")
    (tmp_path / "c.png").write_bytes((tmp_path / "b.png").read_bytes()[:60])
    with pytest.raises(DataError, match=r"c\.png cannot be read"):
        pixels(tmp_path / "c.png")
    monkeypatch.setattr(images, "MOST_PIXELS", 19)
    with pytest.raises(DataError, match=r"b\.png: an image of 4 x 5 pixels; at most 19"):
        pixels(tmp_path / "b.png")


def test_other_things(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not of float32"):
        pixels(np.zeros((5, 4, 3), np.float32))
    with pytest.raises(DataError, match="not int"):
        pixels(3)


def test_colours() -> None:
    image = noise(5, 4, 3)
    np.testing.assert_array_equal(in_colour(image, "BGR")[..., 0], image[..., 2])
    np.testing.assert_array_equal(in_colour(image, "RGB"), image)
    gray = in_colour(image, "gray")
    np.testing.assert_array_equal(gray[..., 0], np.rint(image @ [0.299, 0.587, 0.114]))
    np.testing.assert_array_equal(in_colour(gray, "BGR")[..., 1], gray[..., 0])
    np.testing.assert_array_equal(in_colour(gray, "gray"), gray)
