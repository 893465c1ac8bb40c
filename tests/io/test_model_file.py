"""Flat model files: what is written, and what is made of files by others."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from mocha_core.errors import MissingFileError, NumericalError, OptionError, ParameterError, ShapeError
from mocha_core.io import load_network, save_network
from tests.solvers.fake_net import FakeNet

SHAPES = {"a/b___weight": (1, 3, 2), "a/b___bias": (1, 3)}


def fresh(dtype: str = "float64") -> FakeNet:
    return FakeNet(shapes=SHAPES, dtype=dtype)


def saved(path, **leave_out) -> dict[str, np.ndarray]:
    """A file by somebody else, with some arrays replaced or left out."""
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=shape) for name, shape in {**SHAPES, "norm___mean": (1,)}.items()}
    for name, value in leave_out.items():
        arrays[f"a/b___{name}"] = value
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            if array is not None:
                file[name] = array
    return arrays


def test_what_is_saved_is_loaded(tmp_path):
    net, other = fresh(), fresh()
    net.init()
    net.parameters[0].load(np.random.default_rng(1).normal(size=SHAPES["a/b___weight"]))
    save_network(tmp_path / "new" / "model.h5", net)
    load_network(tmp_path / "new" / "model.h5", other)
    assert {k: v.tolist() for k, v in other.values().items()} == {k: v.tolist() for k, v in net.values().items()}
    with h5py.File(tmp_path / "new" / "model.h5") as file:
        assert file["a/b___weight"].dtype == np.float64


def test_loaded_values_are_not_initialised_again(tmp_path):
    arrays = saved(tmp_path / "model.h5")
    net = fresh()
    load_network(tmp_path / "model.h5", net)
    net.init()
    assert np.array_equal(net.values()["a/b___bias"], arrays["a/b___bias"])


def test_sizes_of_one_at_both_ends_do_not_matter(tmp_path):
    bias = np.arange(3.0)
    saved(tmp_path / "model.h5", bias=bias, weight=np.arange(6.0).reshape(3, 2, 1))
    net = fresh()
    load_network(tmp_path / "model.h5", net)
    assert net.values()["a/b___bias"].tolist() == [[0.0, 1.0, 2.0]]
    assert net.values()["a/b___weight"].tolist() == [[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]]


def test_another_shape_is_an_error_and_nothing_is_changed(tmp_path):
    saved(tmp_path / "model.h5", bias=np.zeros((3, 1, 2)))
    net = fresh()
    with pytest.raises(ShapeError, match="a/b___bias has shape 3 x 1 x 2, the net's has 1 x 3"):
        load_network(tmp_path / "model.h5", net)
    assert not any(p.ready for p in net.all_parameters)


def test_a_missing_bias_starts_from_its_initializer(tmp_path, caplog):
    saved(tmp_path / "model.h5", bias=None)
    net = fresh()
    load_network(tmp_path / "model.h5", net)
    assert net.values()["a/b___bias"].tolist() == [[1.0, 1.0, 1.0]]
    assert any("no a/b___bias" in message for message in caplog.messages)


def test_a_missing_weight_is_an_error_unless_allowed(tmp_path):
    arrays = saved(tmp_path / "model.h5", weight=None)
    net = fresh()
    with pytest.raises(ParameterError, match="has no a/b___weight, which net 'fake' needs; it has: a/b___bias"):
        load_network(tmp_path / "model.h5", net)
    load_network(tmp_path / "model.h5", net, die_if_not_found=False)
    assert np.all(net.values()["a/b___weight"] == 1.0)
    assert np.array_equal(net.values()["a/b___bias"], arrays["a/b___bias"])


def test_element_types_are_converted_with_a_warning(tmp_path, caplog):
    arrays = saved(tmp_path / "model.h5")
    net = fresh("float32")
    load_network(tmp_path / "model.h5", net)
    assert np.array_equal(net.values()["a/b___weight"], arrays["a/b___weight"].astype("float32"))
    assert any("from float64 to float32" in message for message in caplog.messages)


def test_packed_files_are_read(tmp_path):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        for name, shape in {**SHAPES, "norm___mean": (1,)}.items():
            file.create_dataset(name, data=np.full(shape, 2.0), compression="gzip", shuffle=True)
    net = fresh()
    load_network(tmp_path / "model.h5", net)
    assert np.all(net.values()["a/b___weight"] == 2.0)


def test_a_net_without_values_is_not_saved(tmp_path):
    with pytest.raises(ParameterError, match=r"holds no values yet; call net\.init\(\)"):
        save_network(tmp_path / "model.h5", fresh())
    assert list(tmp_path.iterdir()) == []


def test_bad_values_are_not_saved_over_good_ones(tmp_path):
    net = fresh()
    net.init()
    save_network(tmp_path / "model.h5", net)
    before = (tmp_path / "model.h5").read_bytes()
    net.parameters[1].blob.fill(float("nan"))
    with pytest.raises(NumericalError, match="a/b___bias"):
        save_network(tmp_path / "model.h5", net)
    assert (tmp_path / "model.h5").read_bytes() == before


@pytest.mark.parametrize("function", [save_network, load_network])
def test_path_and_net_the_other_way_round(function, tmp_path):
    with pytest.raises(OptionError, match=r"\(path, net\) takes the path first and then the net"):
        function(fresh(), tmp_path / "model.h5")


def test_a_folder_instead_of_a_file(tmp_path):
    saved(tmp_path / "model.h5")
    with pytest.raises(MissingFileError, match=r"is a folder; name a file in it, such as 'model\.h5'$"):
        load_network(tmp_path, fresh())


def test_what_a_solver_remembers_is_no_parameter(tmp_path):
    saved(tmp_path / "model.h5", weight=None)
    with h5py.File(tmp_path / "model.h5", "a") as file:
        file["solver/history/a/b___weight"] = np.zeros((1, 3, 2))
    with pytest.raises(ParameterError, match=r"it has: a/b___bias, norm___mean; rename"):
        load_network(tmp_path / "model.h5", fresh())
