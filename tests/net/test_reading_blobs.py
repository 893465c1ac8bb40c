"""Which blobs can be read after a step, and what is said of the others."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import SGD, InputLayer, Solver
from mocha_core.backend import Backend
from mocha_core.errors import BlobAccessError, DataError, OptionError, SolverError
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.net import Net

from .nets import classifier, data, samples


def test_outputs_can_be_read_others_say_how(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    assert net.forward() == float(net.blob("loss").to_array())
    with pytest.raises(BlobAccessError, match=r'build the net with keep=\["ip1"\]'):
        net.blob("ip1")
    with pytest.raises(BlobAccessError, match="has no blob 'ip3'; did you mean"):
        net.blob("ip3")


def test_before_a_forward_there_is_nothing_to_read(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], keep="all", gradients=["data"])
    told = r"holds nothing yet: net 'n' has run no forward; call net.forward\(\) first"
    for read in (net.objective, net.losses, net.blob("ip1").to_array, net.output_blobs["data"].to_array):
        with pytest.raises(BlobAccessError, match=f"^blob '.+' {told}$"):
            read()
    with pytest.raises(SolverError, match=r"'n' has run no forward; call net.forward\(\) first, then net.backward"):
        net.backward()
    assert net.forward() == net.objective() == net.losses()["loss"]
    assert np.isfinite(net.blob("ip1").to_array()).all()


def test_before_a_backward_there_are_no_gradients(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], gradients=["data"])
    net.forward()
    told = r"holds nothing yet: net 'n' has run no backward; call net.forward\(\) and net.backward\(\) first"
    for blob in (net.diff("data"), net.trainable[0].diff):
        with pytest.raises(BlobAccessError, match=f"^blob '.+ diff' {told}$"):
            blob.to_array()
    net.backward()
    assert all(np.isfinite(blob.to_array()).all() for blob in (net.diff("data"), net.trainable[0].diff))


def test_what_the_user_sets_can_be_read_at_once(backend: Backend) -> None:
    """Also the shape of any blob."""
    ip1, *_ = classifier()
    net = Net("n", backend, [InputLayer(name="in", tops=["data"], shapes=[(2, 5)]), ip1], keep="all")
    assert net.blob("ip1").shape == (2, 7)
    with pytest.raises(BlobAccessError, match=r"net 'n' has run no forward"):
        net.blob("ip1").to_array()
    net.blob("data").fill(2)
    assert (net.blob("data").to_array() == 2).all()
    weight = net.all_parameters[0]
    with pytest.raises(BlobAccessError, match=r"'ip1.weight' holds nothing yet: call net.init\(\) first"):
        weight.blob.to_array()
    net.init()
    assert weight.blob.to_array().any()


def test_keep_all(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], keep="all", dtype="float64")
    net.forward()
    assert set(net.output_blobs) == {"data", "label", "ip1", "ip2", "loss"}
    w, b = (p.blob.to_array() for p in net.all_parameters[:2])
    np.testing.assert_allclose(net.blob("ip1").to_array(), np.tanh(samples()[0][:4] @ w.T + b), rtol=1e-12)


def test_keeping_an_unknown_blob(backend: Backend) -> None:
    with pytest.raises(BlobAccessError, match="name blob 'ipp1', which no layer writes; did you mean 'ip1'"):
        Net("n", backend, [data(), *classifier()], keep=["ipp1"])


def test_label_out_of_range_names_layer_blob_and_value(backend: Backend) -> None:
    x, y = samples()
    y[5] = 3
    layer = MemoryDataLayer(name="data", data=[x, y], batch_size=4)
    net = Net("n", backend, [layer, *classifier()])
    net.forward()
    with pytest.raises(DataError, match=r"(?s)loss.*label.*3"):
        net.forward()


def test_first_bad_blob_is_named(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    assert net.forward() < 100
    assert net.find_bad_blob() is None
    weight = net.all_parameters[2]
    values = weight.blob.to_array()
    values[0, 0] = np.nan
    weight.load(values)
    assert np.isnan(net.forward())
    assert net.find_bad_blob() == "parameter 'ip2.weight' of layer 'ip2' holds 1 NaN and 0 Inf in 21 values"
    weight.load(np.full_like(values, 3e38))
    net.all_parameters[3].load(np.full((1, 3), -3e38))
    net.forward()
    assert "layer 'ip2' is the first to write a bad value: blob 'ip2' holds" in (net.find_bad_blob() or "")


def test_bad_data_is_named(backend: Backend) -> None:
    x, y = samples()
    x[1, 2] = np.inf
    net = Net("n", backend, [MemoryDataLayer(name="digits", data=[x, y], batch_size=4), *classifier()])
    net.forward()
    assert net.find_bad_blob() == "data layer 'digits' delivers blob 'data' with 0 NaN and 1 Inf in 20 values"


def test_phases(backend: Backend) -> None:
    with pytest.raises(OptionError, match="phase is 'train' or 'test', not 'TEST'"):
        Net("n", backend, [data(), *classifier()], phase="TEST")
    net = Net("n", backend, [data(), *classifier()], phase="test")
    net.forward()
    for use in (net.backward, net.check_bp_topology, lambda: Solver(SGD(), {"max_iter": 1}).solve(net)):
        with pytest.raises(SolverError, match="'n' was built with phase='test' and has no backward; use phase='train'"):
            use()


def test_a_layer_instead_of_a_list(backend: Backend) -> None:
    with pytest.raises(OptionError, match=r"net 'n': layers is a list, e\.g\. \[data, ip, loss\], not MemoryDataLayer"):
        Net("n", backend, data())  # type: ignore[arg-type]


def test_nested_lists_of_layers(backend: Backend) -> None:
    with pytest.raises(OptionError, match=r"a net is made of layers, not list: .*flatten nested lists"):
        Net("n", backend, [data(), classifier()])  # type: ignore[list-item]
