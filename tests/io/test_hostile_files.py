"""HDF5 files made to do harm are refused before anything is followed or allocated."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from mocha_core.errors import MissingFileError, MochaError, ShapeError, SnapshotError
from mocha_core.io import load_network
from mocha_core.io.array_file import digest, write_arrays
from mocha_core.io.snapshot_file import read_snapshot
from tests.solvers.fake_net import FakeNet

BILLION = 1 << 40


def soft_link(file):
    file["norm___mean"] = np.zeros(1)
    file["ip___weight"] = h5py.SoftLink("/norm___mean")


def external_link(file):
    file["ip___weight"] = h5py.ExternalLink("other.h5", "/x")


def external_storage(file):
    file.create_dataset("ip___weight", (1,), "f8", external=[("/etc/hostname", 0, 8)])


def virtual(file):
    layout = h5py.VirtualLayout((1,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "x", (1,))
    file.create_virtual_dataset("ip___weight", layout)


def compound(file):
    file.create_dataset("ip___weight", (1,), np.dtype([("a", "f8"), ("b", "f8")]))


def objects(file):
    file.create_dataset("ip___weight", data=["text"], dtype=h5py.string_dtype())


def references(file):
    file.create_dataset("ip___weight", (1,), h5py.ref_dtype)


def sub_array(file):
    file.create_dataset("ip___weight", (1,), np.dtype(("f8", (1000,))))


def named_type(file):
    file["ip___weight"] = np.dtype("f8")


def cycle(file):
    group = file.create_group("a")
    group["again"] = group


def giant_pieces(file):
    file.create_dataset("ip___weight", (1,), "f8", maxshape=(None,), chunks=(1 << 24,))


ATTACKS = [
    (soft_link, "a link to somewhere else"),
    (external_link, "a link to somewhere else"),
    (external_storage, "lie in other files"),
    (virtual, "lie in other files"),
    (compound, "only numbers"),
    (objects, "only numbers"),
    (references, "only numbers"),
    (named_type, "neither a group nor a data set"),
    (cycle, "under two names"),
    (giant_pieces, "larger than itself"),
]


@pytest.mark.parametrize(("attack", "told"), ATTACKS, ids=[a.__name__ for a, _ in ATTACKS])
def test_a_model_file_is_refused(tmp_path, attack, told):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        attack(file)
    net = FakeNet()
    with pytest.raises(SnapshotError, match=told) as caught:
        load_network(path, net, die_if_not_found=False)
    assert str(path) in str(caught.value)
    assert not net.parameters[0].ready


def test_sub_arrays_do_not_smuggle_in_another_shape(tmp_path):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        sub_array(file)
    with pytest.raises(MochaError):
        load_network(tmp_path / "model.h5", FakeNet(), die_if_not_found=False)


def test_a_model_of_another_size_is_refused_unread(tmp_path):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.create_dataset("ip___weight", (BILLION,), "f8", chunks=(1024,))
    assert (tmp_path / "model.h5").stat().st_size < 1 << 20
    with pytest.raises(ShapeError, match=rf"ip___weight has shape {BILLION}, the net's has 1"):
        load_network(tmp_path / "model.h5", FakeNet(), die_if_not_found=False)


@pytest.mark.parametrize("name", ["ip___weight", "solver/history/history/ip___weight", "solver/state"])
def test_a_snapshot_that_claims_more_than_its_own_size_is_refused_unread(tmp_path, name):
    path = tmp_path / "snapshot-000001.h5"
    write_arrays(path, {"solver/state": np.array(b"{}")})
    with h5py.File(path, "r+") as file:
        if name in file:
            del file[name]
        file.create_dataset(name, (BILLION,), "S8", chunks=(1024,))
    with pytest.raises(SnapshotError, match="claims to hold more than its own size"):
        read_snapshot(path)


def test_a_checksum_that_is_none_is_refused(tmp_path):
    path = tmp_path / "snapshot-000001.h5"
    write_arrays(path, {"solver/state": np.array(b"{}")})
    with h5py.File(path, "r+") as file:
        file.attrs["sha256"] = np.zeros(1 << 12)
    with pytest.raises(SnapshotError, match="its checksum is none"):
        read_snapshot(path)


def test_the_checksum_covers_names_types_shapes_and_values():
    array = np.arange(6.0)
    others = [{"b": array}, {"a": array.astype("f4")}, {"a": array.reshape(2, 3)}, {"a": array + 1}, {}]
    assert digest({"a": array}) not in [digest(other) for other in others]


def test_files_of_the_julia_framework_are_explained(tmp_path):
    with pytest.raises(SnapshotError, match="only Julia reads"):
        load_network(tmp_path / "snapshot-005000.jld", FakeNet())


def test_no_file_and_no_hdf5(tmp_path):
    with pytest.raises(MissingFileError, match="there is no file"):
        load_network(tmp_path / "model.h5", FakeNet())
    (tmp_path / "model.h5").write_text("hello")
    with pytest.raises(SnapshotError, match="damaged or no HDF5 file"):
        load_network(tmp_path / "model.h5", FakeNet())
