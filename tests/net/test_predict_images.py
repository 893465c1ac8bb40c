"""Prediction of images as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mocha_core import (
    Backend,
    DataError,
    InputLayer,
    MemoryDataLayer,
    ModelNotes,
    Net,
    OptionError,
    PowerLayer,
    Preprocessing,
    Scale,
    ShapeError,
)

RECORD = Preprocessing(colour="BGR", resize=(5, 4), mean=(1, 2, 3), scale=0.5)


def images(count: int = 3, height: int = 5, width: int = 4) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (count, height, width, 3)).astype(np.uint8)


def doubling(backend: Backend, record: Preprocessing | None = RECORD, channels: int = 3, **data: object) -> Net:
    """y = 2 x for what it reads."""
    layer = InputLayer(tops=["data"], shapes=[(2, channels, 5, 4)])
    net = Net("twice", backend, [layer, PowerLayer(scale=2, bottoms=["data"], tops=["y"])], phase="test")
    net.notes = ModelNotes(preprocessing=record)
    return net


def test_bytes_go_through_the_record_and_floats_never(backend: Backend) -> None:
    net = doubling(backend)
    np.testing.assert_array_equal(net.predict(images()), 2 * RECORD.apply(images()))
    floats = images().transpose(0, 3, 1, 2).astype(np.float32)
    np.testing.assert_array_equal(net.predict(floats), 2 * floats)


def test_one_image_lists_pillow_and_paths(backend: Backend, tmp_path: Path) -> None:
    net, (first, second) = doubling(backend), images(2, 9, 7)
    Image.fromarray(second).save(tmp_path / "b.png")
    wanted = 2 * RECORD.apply([first, second])
    np.testing.assert_array_equal(net.predict(first), wanted[:1])
    np.testing.assert_array_equal(net.predict(str(tmp_path / "b.png")), wanted[1:])
    np.testing.assert_array_equal(net.predict([Image.fromarray(first), tmp_path / "b.png"]), wanted)
    np.testing.assert_array_equal(net.predict({"data": [first, second]}), wanted)


def test_batch_by_batch_and_without_the_data_layers_transformers(backend: Backend) -> None:
    floats = np.zeros((4, 3, 5, 4))
    data = MemoryDataLayer(tops=["data"], data=[floats], batch_size=2, transformers=[("data", Scale(100.0))])
    net = Net("twice", backend, [data, PowerLayer(scale=2, bottoms=["data"], tops=["y"])])
    net.notes = ModelNotes(preprocessing=RECORD)
    np.testing.assert_array_equal(net.predict(images(5)), 2 * RECORD.apply(images(5)))
    np.testing.assert_array_equal(net.predict(np.ones((1, 3, 5, 4))), np.full((1, 3, 5, 4), 200.0))


@pytest.mark.parametrize(
    "given", ["cat.jpg", ["cat.jpg"], images(), images()[0], list(images()), Image.new("L", (3, 3))]
)
def test_without_a_record_there_is_a_sentence(backend: Backend, given: object) -> None:
    said = r"'twice' has no record of how its images are prepared: give one, mocha\.load\(.*resize=\(5, 4\)"
    with pytest.raises(OptionError, match=said):
        doubling(backend, None).predict(given)


def test_without_a_record_bytes_shaped_as_the_net_reads_are_numbers(backend: Backend) -> None:
    net, given = doubling(backend, None), images().transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(net.predict(given), 2.0 * given)
    np.testing.assert_array_equal(net.predict(list(given)), 2.0 * given)
    rows = Net("rows", backend, [InputLayer(tops=["x"], shapes=[(2, 4)]), PowerLayer(bottoms=["x"], tops=["y"])])
    assert rows.predict(np.ones((3, 4), np.uint8)).tolist() == [[1.0] * 4] * 3


def test_with_a_record_the_channels_are_last(backend: Backend) -> None:
    with pytest.raises(DataError, match=r"bring the channels to the end, images\.transpose\(0, 2, 3, 1\)"):
        doubling(backend).predict(images(3, 6, 6).transpose(0, 3, 1, 2))


def test_only_the_first_blob_takes_images(backend: Backend) -> None:
    inputs = InputLayer(tops=["data", "mask"], shapes=[(2, 3, 5, 4), (2, 1, 5, 4)])
    layers = [PowerLayer(name=name, bottoms=[name], tops=[f"{name}2"]) for name in inputs.tops]
    net = Net("two", backend, [inputs, *layers], phase="test")
    net.notes = ModelNotes(preprocessing=RECORD)
    found = net.predict({"data": images(2), "mask": np.ones((2, 1, 5, 4), np.uint8)})
    np.testing.assert_array_equal(found["data2"], RECORD.apply(images(2)))
    assert (found["mask2"] == 1).all()
    with pytest.raises(OptionError, match="only 'data' takes images, 'mask' numbers"):
        net.predict({"data": images(2), "mask": images(2)})


def test_a_size_that_the_net_does_not_take(backend: Backend) -> None:
    from mocha_core import InnerProductLayer

    layers = [
        InputLayer(tops=["data"], shapes=[(2, 3, 5, 4)]),
        InnerProductLayer(name="ip", output_dim=2, bottoms=["data"], tops=["ip"]),
    ]
    net = Net("small", backend, layers, phase="test")
    net.notes = ModelNotes(preprocessing=Preprocessing(colour="BGR"))
    with pytest.raises(ShapeError, match=r"shape \(3, 9, 9\), trained on \(3, 5, 4\).*where resize sets the size"):
        net.predict(images(2, 9, 9))
