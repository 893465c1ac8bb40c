from __future__ import annotations

import numpy as np
import pytest

from mocha_core import DropoutLayer, IdentityLayer, MemoryDataLayer, MemoryOutputLayer, Net, PowerLayer
from mocha_core.errors import BlobAccessError, OptionError
from mocha_core.testing.backends import ReferenceBackend

OUT = MemoryOutputLayer(name="out", bottoms=["data", "double"])


def data() -> MemoryDataLayer:
    return MemoryDataLayer(name="data", tops=["data"], data=[np.arange(10.0).reshape(5, 2)], batch_size=2)


def doubling(*more, **options) -> Net:
    double = PowerLayer(name="double", scale=2, bottoms=["data"], tops=["double"])
    return Net("n", ReferenceBackend(), [data(), double, OUT, *more], **options)


def test_every_forward_is_kept():
    net = doubling()
    for _ in range(3):
        net.forward()
    values = [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [0, 1]]]
    assert [array.tolist() for array in net.outputs("out")] == values
    assert [(array / 2).tolist() for array in net.outputs("out", 1)] == values


def test_reset_forgets():
    net = doubling()
    net.forward()
    net.reset_outputs()
    assert net.outputs("out") == []
    net.forward()
    assert [array.tolist() for array in net.outputs("out")] == [[[4, 5], [6, 7]]]


def test_each_sample_once():
    """Behaviour 46: old Mocha kept the samples that fill up the last batch, too."""
    net = doubling()
    for _ in range(2):
        net.reset_outputs()
        net.forward_epoch(exact=True)
        assert np.concatenate(net.outputs("out")).tolist() == data().data[0].tolist()


def test_what_readers_of_the_blob_see():
    """After the layers that work in place, and though the memory of the blob would be used again."""
    layers = [
        data(),
        IdentityLayer(name="copy", bottoms=["data"], tops=["x"]),
        DropoutLayer(name="drop", ratio=0.9, bottoms=["x"]),
        *(
            PowerLayer(name=f"p{k}", shift=1, bottoms=["x" if k == 0 else f"x{k}"], tops=[f"x{k + 1}"])
            for k in range(4)
        ),
        MemoryOutputLayer(name="out", bottoms=["x", "x4"]),
    ]
    net = Net("n", ReferenceBackend(), layers)
    for _ in range(4):
        net.forward()
    masked, later = np.concatenate(net.outputs("out")), np.concatenate(net.outputs("out", 1))
    assert (masked == 0).sum() > 5
    np.testing.assert_allclose(later, masked + 4, rtol=1e-6)


def test_prediction_and_looking_for_nan_add_nothing():
    net = doubling()
    net.forward()
    net.predict(np.zeros((2, 2)), outputs="double")
    assert net.find_bad_blob() is None
    assert len(net.outputs("out")) == 1


def test_it_serves_no_gradient_and_has_no_kernel():
    net = doubling()
    assert "out" not in net.explain()
    assert "out" in net.summary()
    assert "MemoryOutput" in net.to_dot()


def test_unknown_layers():
    with pytest.raises(BlobAccessError, match="has no MemoryOutputLayer 'oot'; did you mean 'out'"):
        doubling().outputs("oot")


@pytest.mark.parametrize("blobs", [{"bottoms": []}, {"tops": ["y"]}])
def test_some_bottoms_and_no_tops(blobs):
    with pytest.raises(OptionError, match="needs at least one bottom and no tops"):
        OUT.replace(**blobs)
