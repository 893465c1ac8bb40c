"""ImageDataLayer: batches from image files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mocha_caffe.data.resizing import resized
from mocha_caffe.layers import ImageDataLayer
from mocha_core import DataError, MissingFileError, OptionError
from mocha_core.data.feed import Feed

from .databases import bgr

SIZES = [(6, 8), (5, 9), (7, 7), (6, 8)]
IMAGES = [np.random.default_rng(k).integers(0, 256, (*size, 3), dtype=np.uint8) for k, size in enumerate(SIZES)]


@pytest.fixture
def listing(tmp_path) -> Path:
    (tmp_path / "my images").mkdir()
    for k, image in enumerate(IMAGES):
        Image.fromarray(image).save(tmp_path / "my images" / f"{k} x.png")
    path = tmp_path / "list.txt"
    path.write_text("".join(f"my images/{k} x.png {10 + k}\n" for k in range(4)) + "\n")
    return path


def first(layer: ImageDataLayer, seed: int = 0):
    reader = Feed(layer.open_source(seed), "float32")
    x, label = (array.copy() for array in reader.fetch())
    reader.close()
    return x, label.astype(int).tolist()


def test_resized_in_the_order_blue_green_red(listing):
    x, label = first(ImageDataLayer(source=str(listing), batch_size=4, size=(4, 3)))
    np.testing.assert_array_equal(x, [resized(bgr(image), 4, 3) for image in IMAGES])
    assert label == [10, 11, 12, 13]


def test_gray(listing):
    x, _ = first(ImageDataLayer(source=str(listing), batch_size=1, is_color=False))
    assert x.shape == (1, 1, 6, 8)
    assert np.abs(x[0, 0] - IMAGES[0] @ [0.299, 0.587, 0.114]).max() <= 0.51


def test_shuffled_a_new_order_for_each_seed(listing):
    orders = {
        tuple(first(ImageDataLayer(source=str(listing), batch_size=4, size=4, shuffle=True), seed)[1])
        for seed in range(9)
    }
    assert len(orders) > 1
    assert all(sorted(order) == [10, 11, 12, 13] for order in orders)


@pytest.mark.parametrize("root", ["{}", "{}/"])
@pytest.mark.parametrize("name", ["my images/0 x.png", "/my images/0 x.png"])
def test_the_root_folder_goes_before_each_path(listing, tmp_path, root, name):
    other = tmp_path / "elsewhere.txt"
    other.write_text(f"{name} 3\n")
    x, label = first(ImageDataLayer(source=str(other), root_folder=root.format(tmp_path), batch_size=1))
    np.testing.assert_array_equal(x[0], bgr(IMAGES[0]))
    assert label == [3]


def test_sizes_that_differ_need_a_size_or_a_crop(listing):
    with pytest.raises(DataError, match=r"list\.txt, line 2: .*1 x\.png has the shape \(3, 5, 9\)"):
        first(ImageDataLayer(source=str(listing), batch_size=4))


def test_a_list_that_changed_is_read_again(listing):
    layer = ImageDataLayer(source=str(listing), batch_size=1)
    assert first(layer)[1] == [10]
    listing.write_text("my images/0 x.png 77777\n")
    assert first(layer)[1] == [77777]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a.png\n", r"list\.txt, line 1: 'a\.png' is no path, space and label"),
        ("\n\na.png one\n", r"line 3: 'a\.png one' is no path"),
        ("a.png 1.5\n", "line 1: .*a whole number"),
        ("a.png 99999999999\n", "is no path, space and label"),
        ("\n", "lists no images"),
    ],
)
def test_damaged_lists(listing, text, error):
    listing.write_text(text)
    with pytest.raises(DataError, match=error):
        ImageDataLayer(source=str(listing), batch_size=1).plan(())


def test_a_missing_image_and_a_missing_list(listing, tmp_path):
    listing.write_text("my images/gone.png 1\n")
    with pytest.raises(
        MissingFileError, match=r"list\.txt, line 1: there is no image 'my images/gone\.png' \(looked in"
    ):
        ImageDataLayer(source=str(listing), batch_size=1).plan(())
    with pytest.raises(MissingFileError, match="there is no list"):
        ImageDataLayer(source=str(tmp_path / "gone.txt"), batch_size=1).plan(())


def test_a_file_that_is_no_image(listing, tmp_path):
    listing.write_text("list.txt 1\n")
    with pytest.raises(DataError, match=r"line 1: .*list\.txt cannot be read as an image"):
        ImageDataLayer(source=str(listing), batch_size=1).plan(())


def test_terabytes_are_refused_before_anything_is_allocated(listing):
    with pytest.raises(DataError, match="images are not resized to 400000 x 400000; at most 67108864 pixels"):
        ImageDataLayer(source=str(listing), batch_size=1, size=400000).plan(())


def test_impossible_options():
    with pytest.raises(OptionError, match="source is missing"):
        ImageDataLayer(batch_size=1)
    with pytest.raises(OptionError, match=r"\(ImageDataLayer\): size is a pair"):
        ImageDataLayer(source="list.txt", batch_size=1, size=(4, 0))
