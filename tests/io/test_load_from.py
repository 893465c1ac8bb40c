"""`load_from`: folders, snapshots, models, and what does not fit."""

from __future__ import annotations

import logging

import pytest

from mocha_core import spec
from mocha_core.coffee import Snapshot
from mocha_core.errors import MissingFileError, SnapshotError
from mocha_core.io import save_network
from mocha_core.io.load_from import snapshots_in
from mocha_core.solvers import SGD, Solver, solve

from .training import bits, fake_net, make_solver, train

LAST = "snapshot-000006.h5"


@pytest.fixture
def folder(tmp_path):
    """Snapshots of iterations 0, 3 and 6."""
    train(fake_net(), tmp_path / "snapshots", 6)
    return tmp_path / "snapshots"


def started_at(**params) -> int:
    return train(fake_net(), None, 0, **params).state.iter


def test_the_highest_iteration_wins_whatever_its_date(folder):
    (folder / "snapshot-000003.h5").touch()
    assert started_at(load_from=folder) == 6


def test_names_that_only_resemble_snapshots_are_ignored(folder):
    for name in ("snapshot-000009.h5.bak", "snapshot-9.h5", "snapshot-0000009.h5", "my-snapshot-000009.h5"):
        (folder / name).write_bytes((folder / LAST).read_bytes())
    assert list(snapshots_in(folder)) == [0, 3, 6]
    (folder / LAST).rename(folder / "snapshot-1234567.h5")
    assert list(snapshots_in(folder)) == [0, 3, 1234567]


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def empty(path):
    path.write_bytes(b"")


def flip_one_bit_of_a_weight(path):
    import h5py

    with h5py.File(path) as file:
        offset = file["ip___weight"].id.get_offset()
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(bytes(data))


def flip_bits_in_the_middle(path):
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(byte ^ 0xFF for byte in data[middle : middle + 64])
    path.write_bytes(bytes(data))


def lose_an_array(path):
    import h5py

    with h5py.File(path, "r+") as file:
        del file["solver/history/history/ip___weight"]


@pytest.mark.parametrize("damage", [truncate, empty, flip_one_bit_of_a_weight, flip_bits_in_the_middle, lose_an_array])
def test_a_damaged_snapshot_is_told_and_the_one_before_is_taken(folder, caplog, damage):
    damage(folder / LAST)
    assert started_at(load_from=folder) == 3
    assert any(LAST in message and "trying the snapshot before" in message for message in caplog.messages)


def test_a_damaged_snapshot_that_is_named_is_an_error(folder):
    truncate(folder / LAST)
    with pytest.raises(SnapshotError, match=LAST):
        started_at(load_from=folder / LAST)


def test_if_all_are_damaged_nothing_starts_afresh_in_silence(folder):
    for path in folder.iterdir():
        truncate(path)
    with pytest.raises(SnapshotError, match="none of the 3 snapshots"):
        started_at(load_from=folder)


def test_an_empty_folder_starts_fresh(tmp_path, caplog):
    caplog.set_level(logging.INFO, "mocha")
    assert started_at(load_from=tmp_path) == 0
    assert any("starting fresh" in message for message in caplog.messages)


def test_a_missing_folder_starts_fresh_if_snapshots_will_go_there(tmp_path, caplog):
    caplog.set_level(logging.INFO, "mocha")
    train(fake_net(), tmp_path / "new", 0, load_from=str(tmp_path / "new"))
    assert any("starting fresh" in message for message in caplog.messages)


def test_a_missing_folder_that_nobody_writes_is_an_error(tmp_path):
    with pytest.raises(MissingFileError, match="does not exist, and no Snapshot break writes there"):
        train(fake_net(), tmp_path / "snapshots", 0, load_from=tmp_path / "snapshot")


@pytest.mark.parametrize("name", ["model.h5", "model.hdf5"])
def test_a_missing_file_is_an_error(tmp_path, name):
    with pytest.raises(MissingFileError, match=f"names the file .*{name}"):
        started_at(load_from=tmp_path / name)


def test_an_old_snapshot_is_explained(tmp_path):
    with pytest.raises(SnapshotError, match="only Julia reads"):
        started_at(load_from=tmp_path / "snapshot-000100.jld")


def test_a_model_gives_parameters_only(tmp_path):
    source, net = fake_net(), fake_net()
    train(source, None, 5)
    save_network(tmp_path / "model.h5", source)
    solver = train(net, None, 0, load_from=tmp_path / "model.h5")
    assert solver.state.iter == 0
    assert bits(net)["ip___weight"] == bits(source)["ip___weight"]


@pytest.mark.parametrize("name", ["", LAST])
def test_only_the_weights_of_a_snapshot(folder, name):
    trained, net = fake_net(), fake_net()
    train(trained, None, 6)
    solver = train(net, None, 0, load_from=folder / name, load_solver_state=False)
    assert solver.state.iter == 0
    assert bits(net)["ip___weight"] == bits(trained)["ip___weight"]


def test_a_snapshot_of_another_net_says_what_differs(folder):
    net = fake_net(shapes={"ip___weight": (4,), "ip2___bias": (2, 5)})
    with pytest.raises(SnapshotError) as caught:
        train(net, None, 0, load_from=folder)
    for what in ("its ip___weight is 3, the net's is 4", "it has no ip2___bias (2 x 5)", "load_solver_state=False"):
        assert what in str(caught.value)
    assert "method" not in str(caught.value)
    assert not any(p.ready for p in net.parameters)


def test_a_net_that_lacks_what_the_snapshot_has_is_another_net(tmp_path):
    train(fake_net(shapes={"a___weight": (2,), "b___weight": (3,)}), tmp_path, 0)
    with pytest.raises(SnapshotError, match=r"it has b___weight \(3\), which the net has not"):
        train(fake_net(shapes={"a___weight": (2,)}), None, 0, load_from=tmp_path)


def test_other_data_layers_are_another_net(folder):
    class Other(type(fake_net())):
        def data_state(self):
            return {"images": {}}

    with pytest.raises(SnapshotError, match=r"its data layers are \['data'\], the net's are \['images'\]"):
        train(Other(shapes={"ip___weight": (3,)}), None, 0, load_from=folder)


def test_a_snapshot_of_another_method_says_so(folder):
    @spec
    class Plain(SGD):
        pass

    solver = Solver(Plain(), {"max_iter": 0, "load_from": folder})
    with pytest.raises(SnapshotError, match=r"its method is SGD\(\), the solver's is Plain\(\)"):
        solve(solver, fake_net())


def test_a_snapshot_of_a_newer_mocha_is_refused(folder):
    from mocha_core.io.snapshot_file import read_snapshot, write_snapshot

    contents = read_snapshot(folder / LAST)
    contents.record = {**contents.record, "version": 99}
    write_snapshot(folder / LAST, contents)
    with pytest.raises(SnapshotError, match="written by a newer Mocha"):
        started_at(load_from=folder / LAST)


def test_a_killed_write_leaves_the_old_snapshots(folder, monkeypatch):
    before = (folder / LAST).read_bytes()
    solver = make_solver(None, 6, load_from=folder / "snapshot-000003.h5")
    solver.add_coffee_break(Snapshot(folder), every_n_iter=6)

    def fail(*names):
        raise OSError("no space left on device")

    monkeypatch.setattr("mocha_core.io.atomic.os.replace", fail)
    with pytest.raises(OSError, match="no space left"):
        solve(solver, fake_net())
    assert (folder / "old-1" / LAST).read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == ["old-1", "snapshot-000000.h5", "snapshot-000003.h5"]
