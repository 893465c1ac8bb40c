"""RandomCrop, CenterCrop, RandomMirror: each image by itself, declared shapes, fixed in the test phase."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import CenterCrop, MemoryDataLayer, Net, PowerLayer, RandomCrop, RandomMirror, Scale
from mocha_core.data.feed import Feed
from mocha_core.errors import OptionError, ShapeError
from mocha_core.testing.backends import ReferenceBackend

BATCH = 400
IMAGES = np.arange(BATCH * 2 * 5 * 7, dtype="float64").reshape(BATCH, 2, 5, 7)
"""No two pixels are equal, so a piece tells where it comes from."""


def layer(*transformers: Any, name: str = "images") -> MemoryDataLayer:
    pairs = [("data", transformer) for transformer in transformers]
    return MemoryDataLayer(name=name, data=[IMAGES], tops=["data"], batch_size=BATCH, transformers=pairs)


def fetched(*transformers: Any, batches: int = 1, seed: int = 0, name: str = "images") -> list[np.ndarray[Any, Any]]:
    feed = Feed(layer(*transformers, name=name).open_source(seed), "float64")
    read = [feed.fetch()[0].copy() for _ in range(batches)]
    feed.close()
    return read


def places(pieces: np.ndarray[Any, Any]) -> list[tuple[int, int]]:
    """(row, column) of the first pixel of each piece."""
    offset = (pieces[:, 0, 0, 0] - IMAGES[:, 0, 0, 0]).astype(int)
    return [divmod(at, 7) for at in offset.tolist()]


def test_a_random_piece_of_each_image() -> None:
    (pieces,) = fetched(RandomCrop((3, 4)))
    found = places(pieces)
    for piece, image, (row, column) in zip(pieces, IMAGES, found, strict=True):
        np.testing.assert_array_equal(piece, image[:, row : row + 3, column : column + 4])
    counts = [found.count((row, column)) for row in range(3) for column in range(4)]
    assert sum(counts) == BATCH
    deviation = np.sqrt(BATCH / 12 * 11 / 12)
    assert np.abs(np.array(counts) - BATCH / 12).max() < 5 * deviation


def test_the_middle() -> None:
    for size, rows, columns in (((3, 4), (1, 4), (1, 5)), (5, (0, 5), (1, 6)), ((5, 7), (0, 5), (0, 7))):
        (pieces,) = fetched(CenterCrop(size))
        np.testing.assert_array_equal(pieces, IMAGES[:, :, slice(*rows), slice(*columns)])


def test_about_half_of_the_images_are_turned() -> None:
    (turned,) = fetched(RandomMirror())
    changed = (turned != IMAGES).any(axis=(1, 2, 3))
    np.testing.assert_array_equal(turned[changed], IMAGES[changed][..., ::-1])
    assert abs(changed.sum() - BATCH / 2) < 5 * np.sqrt(BATCH / 4)


def test_random_numbers_follow_from_seed_layer_place_and_batch() -> None:
    crop = RandomCrop(3)
    first, second = fetched(crop, batches=2)
    again, _ = fetched(crop, batches=2)
    np.testing.assert_array_equal(first, again)
    others = [second, *fetched(crop, seed=1), *fetched(crop, name="other"), *fetched(Scale(1.0), crop)]
    for other in others:
        assert places(first) != places(other)


def test_several_in_order_with_shapes_in_between() -> None:
    chain = (Scale(2.0), CenterCrop((5, 6)), RandomMirror(), CenterCrop(3), Scale(0.5))
    (got,) = fetched(*chain)
    plain, turned = IMAGES[:, :, 1:4, 1:4], IMAGES[:, :, 1:4, 4:1:-1]
    same, other = ((got == each).all(axis=(1, 2, 3)) for each in (plain, turned))
    assert (same ^ other).all()
    assert same.any()
    assert other.any()


def test_a_saved_state_repeats_the_random_numbers() -> None:
    data = layer(RandomCrop(3), RandomMirror())
    for before in range(3):
        first, second = (Feed(data.open_source(0), "float32") for _ in range(2))
        read = [first.fetch()[0].copy() for _ in range(before)]
        second.fetch()
        second.restore(first.state())
        again = [second.fetch()[0].copy() for _ in range(3)]
        expected = read[-1:] + [first.fetch()[0].copy() for _ in range(2 if before else 3)]
        np.testing.assert_array_equal(again, expected)


def test_the_declared_shape_is_that_of_the_top() -> None:
    assert layer(RandomCrop((3, 4)), CenterCrop(2)).plan(()).tops[0].shape == (BATCH, 2, 2, 2)
    assert layer(Scale(2.0)).plan(()).tops[0].shape == IMAGES.shape


def net_of(phase: str, *transformers: Any) -> Net:
    layers = [layer(*transformers), PowerLayer(name="same", bottoms=["data"], tops=["seen"])]
    return Net("n", ReferenceBackend(), layers, phase=phase, dtype="float64")


def test_in_the_test_phase_nothing_is_random() -> None:
    for phase, fixed in (("test", True), ("train", False)):
        net = net_of(phase, RandomCrop((3, 4)), RandomMirror())
        net.forward()
        assert np.array_equal(net.blob("seen").to_array(), IMAGES[:, :, 1:4, 1:5]) == fixed


def test_predictions_are_made_on_the_middle() -> None:
    net = net_of("train", RandomCrop((3, 4)), Scale(2.0), RandomMirror())
    np.testing.assert_array_equal(net.predict(IMAGES[:5]), 2 * IMAGES[:5, :, 1:4, 1:5])


def test_a_layer_without_random_transformers_is_the_same_in_every_phase() -> None:
    data = layer(Scale(2.0), CenterCrop(3))
    assert data.in_phase("test") is data


@pytest.mark.parametrize("kind", [RandomCrop, CenterCrop])
def test_refusals(kind: Any) -> None:
    with pytest.raises(ShapeError, match=r"'images'.*top 'data'.*size=\(6, 3\).*\(2, 5, 7\)"):
        layer(kind((6, 3))).plan(())
    labels = MemoryDataLayer(name="y", data=[np.zeros((4, 3))], tops="y", batch_size=4, transformers=[("y", kind(1))])
    with pytest.raises(ShapeError, match=r"'y'.*sample of shape \(3,\)"):
        labels.plan(())
    for size in (0, (3,), "large"):
        with pytest.raises(OptionError, match=f"{kind.__name__}: size is a pair"):
            kind(size)


def test_labels_are_not_mirrored() -> None:
    data = MemoryDataLayer(name="y", data=[np.zeros(4)], tops="y", batch_size=4, transformers=[("y", RandomMirror())])
    with pytest.raises(ShapeError, match=r"'y'.*RandomMirror\(\) does not fit a sample of shape \(\)"):
        data.plan(())
