"""DatumDataLayer: batches from a database."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mocha_caffe.data.datum import write_datum
from mocha_caffe.layers import DatumDataLayer
from mocha_core import CenterCrop, DataError, MissingFileError, OptionError, RandomCrop, Scale, ShapeError
from mocha_core.data.feed import Feed

from .databases import planes, write_images, write_lmdb

IMAGES = planes(7)


@pytest.fixture
def source(tmp_path) -> str:
    return str(write_images(tmp_path / "db", IMAGES))


def feed(layer: DatumDataLayer, seed: int = 0) -> Feed:
    return Feed(layer.open_source(seed), "float32")


def batches(reader: Feed, count: int):
    return [tuple(array.copy() for array in reader.fetch()) for _ in range(count)]


def labels(reader: Feed, count: int) -> list[int]:
    return np.concatenate([batch[1] for batch in batches(reader, count)]).astype(int).tolist()


def test_in_order_and_round_and_round(source):
    reader = feed(DatumDataLayer(source=source, batch_size=3))
    (x, label), *_ = batches(reader, 1)
    np.testing.assert_array_equal(x, IMAGES[:3])
    assert label.tolist() == [0, 1, 2]
    assert labels(reader, 4) == [3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0]
    assert reader.epoch == 2
    reader.close()


def test_without_labels(source):
    layer = DatumDataLayer(source=source, batch_size=3, tops=["x"])
    assert [top.shape for top in layer.plan(()).tops] == [(3, 3, 6, 5)]
    reader = feed(layer)
    np.testing.assert_array_equal(reader.fetch()[0], IMAGES[:3])
    reader.close()


def test_the_shape_of_labels_is_caffes(source):
    assert DatumDataLayer(source=source, batch_size=3).plan(()).tops[1].shape == (3,)


def test_a_few_records_are_passed_over_at_first(source):
    starts = []
    for seed in range(40):
        reader = feed(DatumDataLayer(source=source, batch_size=1, rand_skip=5), seed)
        starts += labels(reader, 1)
        reader.close()
    assert set(starts) == set(range(5))


def test_shuffled_each_epoch_has_each_record_once(source):
    reader = feed(DatumDataLayer(source=source, batch_size=7, shuffle=True))
    first, second = labels(reader, 1), labels(reader, 1)
    assert sorted(first) == sorted(second) == list(range(7))
    assert first != second
    reader.close()


RANDOM = [("data", RandomCrop((4, 3))), ("data", Scale(0.5))]


@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"rand_skip": 9}, {"transformers": RANDOM}])
@pytest.mark.parametrize("read", [0, 1, 4])
def test_resumed_it_reads_on_exactly(source, options, read):
    layer = DatumDataLayer(source=source, batch_size=3, **options)
    whole, first, second = feed(layer), feed(layer), feed(layer)
    expected = batches(whole, read + 3)
    batches(first, read)
    second.restore(json.loads(json.dumps(first.state())))
    for got, wanted in zip(batches(second, 3), expected[max(read - 1, 0) :], strict=False):
        for mine, its in zip(got, wanted, strict=True):
            np.testing.assert_array_equal(mine, its)
    for each in (whole, first, second):
        each.close()


def test_pieces_are_of_the_right_images_and_differ_from_batch_to_batch(source):
    reader = feed(DatumDataLayer(source=source, batch_size=7, transformers=RANDOM))
    first, second = batches(reader, 2)
    reader.close()
    assert not np.array_equal(first[0], second[0])
    for batch, _ in (first, second):
        for piece, image in zip(batch, IMAGES, strict=True):
            places = [(top, left) for top in range(3) for left in range(3)]
            assert any(np.array_equal(piece, 0.5 * image[:, t : t + 4, c : c + 3]) for t, c in places)


def test_all_places_are_as_likely(tmp_path):
    source = str(write_images(tmp_path / "db", [np.arange(6, dtype=np.uint8).reshape(1, 2, 3)]))
    reader = feed(DatumDataLayer(source=source, batch_size=600, transformers=[("data", RandomCrop((1, 2)))]))
    corners = reader.fetch()[0][:, 0, 0, 0].astype(int)
    reader.close()
    counts = np.bincount(corners, minlength=6)
    assert counts[[2, 5]].tolist() == [0, 0]
    deviation = 4 * np.sqrt(600 * 0.25 * 0.75)
    assert np.abs(counts[[0, 1, 3, 4]] - 150).max() < deviation


def varied(folder) -> str:
    sizes = [(6, 5), (9, 4), (4, 3)]
    images = [np.full((1, *size), k, np.uint8) for k, size in enumerate(sizes)]
    images[1][0, 3:6, 1:3] = 9
    return str(write_images(folder, images))


@pytest.mark.parametrize("crop", [RandomCrop((3, 2)), CenterCrop((3, 2))])
def test_a_crop_that_comes_first_admits_any_size(tmp_path, crop):
    layer = DatumDataLayer(source=varied(tmp_path / "db"), batch_size=3, transformers=[("data", crop)])
    assert layer.plan(()).tops[0].shape == (3, 1, 3, 2)
    reader = feed(layer.in_phase("test"))
    x = reader.fetch()[0]
    reader.close()
    assert [np.unique(image).tolist() for image in x] == [[0], [9], [2]]


def test_without_it_sizes_must_be_equal(tmp_path):
    reader = feed(DatumDataLayer(source=varied(tmp_path / "db"), batch_size=3))
    with pytest.raises(DataError, match=r"db, record '00000001' has the shape \(1, 9, 4\).*the first one \(1, 6, 5\)"):
        reader.fetch()
    reader.close()


def test_a_crop_that_does_not_fit_later_on(tmp_path):
    layer = DatumDataLayer(source=varied(tmp_path / "db"), batch_size=3, transformers=[("data", CenterCrop((5, 3)))])
    reader = feed(layer)
    with pytest.raises(DataError, match=r"record '00000002' is 4 x 3 pixels; the crop of 5 x 3 does not fit"):
        reader.fetch()
    reader.close()


def test_a_crop_that_does_not_fit_at_all(source):
    layer = DatumDataLayer(source=source, batch_size=3, transformers=[("data", RandomCrop(7))])
    with pytest.raises(ShapeError, match=r"layer 'data' \(DatumDataLayer\), top 'data': RandomCrop"):
        layer.plan(())


def test_a_damaged_record_is_named_with_the_database(tmp_path):
    records = [(b"a", write_datum(IMAGES[0], 0)), (b"b", write_datum(IMAGES[1], 1)[:-20])]
    source = str(write_lmdb(tmp_path / "db", records))
    reader = feed(DatumDataLayer(source=source, batch_size=2))
    with pytest.raises(ValueError, match=rf"^{source}, record 'b', byte 6: .*the record is damaged"):
        reader.fetch()
    reader.close()


def test_a_position_of_other_data_is_refused(tmp_path, source):
    reader = feed(DatumDataLayer(source=source, batch_size=2))
    state = reader.state()
    other = feed(DatumDataLayer(source=str(write_images(tmp_path / "other", planes(5))), batch_size=2))
    with pytest.raises(DataError, match=r"position is one of 7 pictures.*there are 5.*load_solver_state=False"):
        other.restore(state)
    reader.close()
    other.close()


def test_a_source_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="there is no database"):
        DatumDataLayer(source=str(tmp_path / "gone"), batch_size=2).plan(())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "source is missing"),
        ({"source": "db", "decode": "grey"}, "decode is 'native' or 'color' or 'gray', not 'grey'"),
        ({"source": "db", "rand_skip": -1}, "rand_skip is -1"),
        ({"source": "db", "tops": ["a", "b", "c"]}, "one for images, and one for labels"),
        ({"source": "db", "batch_size": 0}, "batch_size is 0"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        DatumDataLayer(**{"batch_size": 2, **options})
