"""WindowDataLayer: windows of images, drawn at random."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mocha_caffe.data import write_mean
from mocha_caffe.data.warping import Warp
from mocha_caffe.layers import WindowDataLayer
from mocha_core import DataError, MissingFileError, OptionError
from mocha_core.data.feed import Feed

from .databases import bgr

IMAGES = [np.random.default_rng(k).integers(0, 256, (20 + k, 30, 3), dtype=np.uint8) for k in range(2)]
WINDOWS = [
    [(3, 0.9, 4, 5, 11, 12), (2, 0.5, 0, 0, 7, 7), (1, 0.2, 10, 10, 17, 17)],
    [(1, 0.0, 22, 13, 29, 20)],
]


@pytest.fixture
def source(tmp_path) -> str:
    lines = []
    for k, (image, windows) in enumerate(zip(IMAGES, WINDOWS, strict=True)):
        Image.fromarray(image).save(tmp_path / f"{k} a.png")
        lines += [f"# {k}", f"{k} a.png", "3", str(len(image)), "30", str(len(windows))]
        lines += [" ".join(map(str, window)) for window in windows]
    (tmp_path / "windows.txt").write_text("\n".join(lines) + "\n")
    return str(tmp_path / "windows.txt")


def batches(layer: WindowDataLayer, count: int, seed: int = 0, state=None):
    reader = Feed(layer.open_source(seed), "float32")
    if state is not None:
        reader.restore(state)
    found = [tuple(array.copy() for array in reader.fetch()) for _ in range(count)]
    saved = json.loads(json.dumps(reader.state()))
    reader.close()
    return found, saved


def content(image: int, window: int):
    _, _, x1, y1, x2, y2 = WINDOWS[image][window]
    return bgr(IMAGES[image])[:, y1 : y2 + 1, x1 : x2 + 1]


def test_background_first_then_objects(source):
    layer = WindowDataLayer(source=source, batch_size=8, crop_size=8)
    ((x, label),), _ = batches(layer, 1)
    assert (label[:6] == 0).all()
    assert set(label[6:]) <= {3, 2}
    back = [content(0, 2), content(1, 0)]
    for sample in x[:6]:
        assert any(np.array_equal(sample, each) for each in back)
    fore = {3: content(0, 0), 2: content(0, 1)}
    for sample, mine in zip(x[6:], label[6:].astype(int), strict=True):
        np.testing.assert_array_equal(sample, fore[mine])


def test_mirrored_windows(source):
    layer = WindowDataLayer(source=source, batch_size=64, crop_size=8, fg_fraction=1.0, mirror=True)
    ((x, label),), _ = batches(layer, 1)
    straight = {3: content(0, 0), 2: content(0, 1)}
    turned = [np.array_equal(s, straight[k][..., ::-1]) for s, k in zip(x, label.astype(int), strict=True)]
    kept = [np.array_equal(s, straight[k]) for s, k in zip(x, label.astype(int), strict=True)]
    assert all(a ^ b for a, b in zip(turned, kept, strict=True))
    assert 16 < sum(turned) < 48


def test_mean_and_scale_and_zeros_where_the_image_ends(source, tmp_path):
    mean = np.random.default_rng(9).normal(100, 10, (3, 14, 12)).astype(np.float32)
    write_mean(tmp_path / "mean.npy", mean)
    options = {"source": source, "batch_size": 4, "fg_fraction": 1.0, "fg_threshold": 0.5, "crop_size": 8}
    layer = WindowDataLayer(**options, context_pad=2, mean_file=str(tmp_path / "mean.npy"), scale=0.5)
    plain = WindowDataLayer(**options, context_pad=2)
    ((x, label),), _ = batches(layer, 1)
    ((raw, _),), _ = batches(plain, 1)
    middle = mean[:, 3:11, 2:10]
    for sample, unscaled, mine in zip(x, raw, label.astype(int), strict=True):
        inside = np.ones((8, 8), bool)
        if mine == 2:  # at the corner: 8 pixels and their surroundings become 8, of which 4 beyond the edge become 2
            inside[:2], inside[:, :2] = False, False
        assert (sample[:, ~inside] == 0).all()
        np.testing.assert_array_equal(sample[:, inside], ((unscaled - middle) * np.float32(0.5))[:, inside])


def test_it_resumes_exactly(source):
    layer = WindowDataLayer(source=source, batch_size=5, crop_size=8, mirror=True)
    expected, _ = batches(layer, 5)
    _, state = batches(layer, 3)
    again, _ = batches(layer, 2, state=state)
    for mine, its in zip(again, expected[2:4], strict=True):
        np.testing.assert_array_equal(mine[0], its[0])
    other, _ = batches(layer, 1, seed=1)
    assert not np.array_equal(other[0][0], expected[0][0])


BOX = (4, 5, 11, 12)


@pytest.mark.parametrize(
    ("warp", "box", "seen", "first"),
    [
        (Warp(8), BOX, (slice(5, 13), slice(4, 12)), (0, 0)),
        # 13 / (13 - 4) of 8 pixels are 5.8 on each side of the middle (8, 9), rounded; both ends are included
        (Warp(13, 2), BOX, (slice(3, 16), slice(2, 15)), (0, 0)),
        # 4 x 8 pixels about the middle (6, 9) become 8 x 8, and 1 more at the end, which is included
        (Warp(9, 0, True), (4, 5, 7, 12), (slice(5, 14), slice(2, 11)), (0, 0)),
        # at the corner: the first two of 13 rows and columns lie outside
        (Warp(13, 2), (0, 0, 7, 7), (slice(0, 11), slice(0, 11)), (2, 2)),
    ],
)
def test_what_is_seen_of_an_image(warp, box, seen, first):
    image = bgr(IMAGES[0])
    part, row, column = warp.place(image, box, mirror=False)
    assert (row, column) == first
    np.testing.assert_array_equal(part, image[(slice(None), *seen)])


def test_mirrored_the_space_at_the_edge_changes_sides():
    image = bgr(IMAGES[0])
    straight, row, _ = Warp(13, 2).place(image, (0, 0, 7, 7), mirror=False)
    turned, same, column = Warp(13, 2).place(image, (0, 0, 7, 7), mirror=True)
    assert (row, same, column) == (2, 2, 0)
    np.testing.assert_array_equal(turned, straight[..., ::-1])


def test_a_window_outside_its_image(source):
    path = Path(source)
    path.write_text(path.read_text().replace("4 5 11 12", "4 5 30 12").replace("0 0 7 7", "4 5 30 12"))
    layer = WindowDataLayer(source=source, batch_size=4, crop_size=8, fg_fraction=1.0)
    with pytest.raises(DataError, match=r"windows\.txt, image '0 a\.png': the window \(4, 5, 30, 12\).*not inside"):
        batches(layer, 1)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("# 1", "1", r"line 10: '1' is no line such as `# 0`"),
        ("\n3\n2", "\n3\nx2", "line 4: 'x20' should be height, a whole number"),
        ("0.9", "high", "line 7: a window is its class, overlap"),
        ("3 0.9 4 5 11 12\n", "", "line 9: a window is its class"),
        ("1 0.0 22 13 29 20\n", "", "the file ends where a window should follow"),
    ],
)
def test_damaged_window_files(source, old, new, text):
    path = Path(source)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=text):
        batches(WindowDataLayer(source=source, batch_size=4, crop_size=8), 1)


def test_no_windows_of_a_kind(source, tmp_path):
    with pytest.raises(DataError, match="no windows that show objects, of which a batch has 1; change fg_fraction"):
        batches(WindowDataLayer(source=source, batch_size=4, crop_size=8, fg_threshold=0.95), 1)
    with pytest.raises(MissingFileError, match="there is no window file"):
        batches(WindowDataLayer(source=str(tmp_path / "gone"), batch_size=4, crop_size=8), 1)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"source": ""}, "source is missing"),
        ({"crop_size": 4, "context_pad": 2}, "crop_size=4 must be above twice context_pad=2"),
        ({"crop_mode": "fit"}, "crop_mode is 'warp' or 'square'"),
        ({"fg_fraction": 1.5}, "fg_fraction is 1.5"),
        ({"shuffle": True}, "drawn at random anyway"),
        ({"mean_values": [1.0, 2.0]}, "one for each of 3 channels"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        WindowDataLayer(**{"source": "w.txt", "batch_size": 4, "crop_size": 8, **options})
