"""Every method, with several batches an update and clipped gradients: resumed bit for bit.

The net has dropout, and data in a random order that do not fit into whole batches.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from mocha_core import Backend, DefaultBackend
from mocha_core.testing.backends import ReferenceBackend
from tests.solvers.running import METHODS

from .training import bits, fake_net, real_net, train

BACKENDS = ["reference", *(["cpu"] if find_spec("mocha_cpu") else [])]


def a_new(backend: str) -> Backend:
    """Not shared with other trainings, whose parameters it would share."""
    return ReferenceBackend(seed=9) if backend == "reference" else DefaultBackend(backend, seed=9)


methods = pytest.mark.parametrize("method", METHODS, ids=repr)


@methods
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("options", [{}, {"iter_size": 3, "clip_gradients": 0.5}], ids=["plain", "several batches"])
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path, method, backend, options):
    def make():
        return real_net(a_new(backend))

    whole, resumed = make(), make()
    straight = train(whole, None, 11, method=method, **options)
    train(make(), tmp_path, 7, method=method, **options)  # the last snapshot is of update 6
    again = train(resumed, tmp_path, 11, method=method, load_from=tmp_path, **options)
    assert again.state.loaded is not None
    assert bits(resumed) == bits(whole)
    assert again.coffee_lounge.statistics == straight.coffee_lounge.statistics
    assert again.state.fields == straight.state.fields
    assert again.state.updater.updates == straight.state.updater.updates


@methods
def test_each_slot_is_needed(tmp_path, method):
    """So that the test above can fail: a training that lost one of them is another."""
    from mocha_core.io import snapshot_file

    whole = fake_net()
    train(whole, None, 9, method=method)
    train(fake_net(), tmp_path, 6, method=method)
    path = tmp_path / "snapshot-000006.h5"
    contents = snapshot_file.read_snapshot(path)
    assert set(contents.history) == {f"{slot}/ip___weight" for slot in method.slots}
    for lost in contents.history:
        changed = {name: 0 * values if name == lost else values for name, values in contents.history.items()}
        snapshot_file.write_snapshot(
            path, snapshot_file.Contents(record=contents.record, parameters=contents.parameters, history=changed)
        )
        resumed = fake_net()
        train(resumed, tmp_path, 9, method=method, load_from=path)
        assert bits(resumed) != bits(whole), lost


def test_other_batches_in_the_middle_of_an_update_would_be_another_training(tmp_path):
    """So that several batches an update are tested at all."""
    three, two = real_net(), real_net()
    train(three, None, 4, iter_size=3)
    train(two, None, 6, iter_size=2)
    assert bits(three) != bits(two)


@pytest.mark.parametrize("method", [METHODS[0], METHODS[2]], ids=repr)
def test_a_snapshot_of_another_method_is_refused_at_once(tmp_path, method):
    from mocha_core.errors import SnapshotError

    train(fake_net(), tmp_path, 3, method=method)
    other = METHODS[4]
    with pytest.raises(SnapshotError, match=rf"its method is {type(method).__name__}\(\), the solver's is Adagrad"):
        train(fake_net(), None, 6, method=other, load_from=tmp_path)
    taken = train(fake_net(), None, 0, method=other, load_from=tmp_path, load_solver_state=False)
    assert taken.state.iter == 0
