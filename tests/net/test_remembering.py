"""Recurrent layers that go on where the forward before ended: `stateful=True`."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    GRULayer,
    InnerProductLayer,
    InputLayer,
    LSTMLayer,
    MemoryDataLayer,
    Net,
    OptionError,
    ParameterStore,
    RNNLayer,
    SquareLossLayer,
    load_network,
    save_network,
)
from mocha_core.coffee import Snapshot
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, make_solver_parameters, solve
from mocha_core.testing.opening import opened

T, N, F, D, PARTS = 3, 2, 4, 5, 4
KINDS = {"lstm": LSTMLayer, "gru": GRULayer, "rnn": RNNLayer}
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(T * PARTS, N, F))
CONT = np.ones((T * PARTS, N))
CONT[0], CONT[5, 1], CONT[2 * T, 0] = 0, 0, 0
every = pytest.mark.parametrize("kind", KINDS)
on_both = pytest.mark.parametrize("backend", ["reference", "cpu"])


def net_of(kind, store, steps=T, phase="test", num=N, loss=False, **options):
    options = {"stateful": True, **options}
    layers = [
        InputLayer(name="in", tops=["x", "cont", "target"], shapes=[(steps, num, F), (steps, num), (steps, num, D)]),
        KINDS[kind](name="r", output_dim=D, bottoms=["x", "cont"], tops=["h"], **options),
    ]
    if loss:
        layers.append(SquareLossLayer(name="loss", bottoms=["h", "target"]))
    keep = ["h", "x", "cont", "target"]
    return Net(kind, store.backend, layers, phase=phase, dtype="float64", keep=keep, parameters=store)


def forward(net, x, cont):
    net.blob("x").set(x)
    net.blob("cont").set(cont)
    net.forward()
    return net.blob("h").to_array()


def in_parts(net, x=X, cont=CONT):
    return np.concatenate([forward(net, x[k : k + T], cont[k : k + T]) for k in range(0, len(x), T)])


@on_both
@every
@pytest.mark.parametrize("phase", ["test", "train"])
def test_a_sequence_in_batches_is_the_whole_sequence(kind, backend, phase):
    store = ParameterStore(opened(backend))
    whole = forward(net_of(kind, store, T * PARTS, stateful=False), X, CONT)
    found = in_parts(net_of(kind, store, phase=phase))
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-13)


@every
def test_without_it_each_batch_begins_with_nothing(kind):
    """So that the test above can fail."""
    store = ParameterStore(opened("reference"))
    whole = forward(net_of(kind, store, T * PARTS, stateful=False), X, CONT)
    found = in_parts(net_of(kind, store, stateful=False))
    np.testing.assert_allclose(found[:T], whole[:T], rtol=0, atol=1e-13)
    assert np.abs(found[T:] - whole[T:]).max() > 1e-3


@on_both
@every
def test_the_gradient_counts_the_first_state_as_given(kind, backend):
    """The gradients of the second batch are those of a layer that reads the states as blobs."""
    store = ParameterStore(opened(backend))
    net = net_of(kind, store, phase="train", loss=True)
    remembers = KINDS[kind].remembers
    names = [f"{state}0" for state in remembers]
    tops = ["h", *(f"{state}T" for state in remembers)]
    given = [
        InputLayer(
            name="in",
            tops=["x", "cont", "target", *names],
            shapes=[(T, N, F), (T, N), (T, N, D), *[(1, N, D)] * len(names)],
        ),
        KINDS[kind](name="r", output_dim=D, bottoms=["x", "cont", *names], tops=tops, states=True),
        SquareLossLayer(name="loss", bottoms=["h", "target"]),
    ]
    keep = ["x", "cont", "target", *names, *tops]
    other = Net("given", store.backend, given, phase="train", dtype="float64", keep=keep, parameters=store)
    states = [np.zeros((1, N, D))] * len(names)
    for k in range(0, 2 * T, T):
        for name, state in zip(names, states, strict=True):
            other.blob(name).set(state)
        other.blob("target").set(np.ones((T, N, D)))
        net.blob("target").set(np.ones((T, N, D)))
        forward(other, X[k : k + T], CONT[k : k + T])
        other.backward()
        forward(net, X[k : k + T], CONT[k : k + T])
        net.backward()
        states = [other.blob(top).to_array() for top in tops[1:]]
    mine = {t.parameter.path: t.diff.to_array() for t in net.trainable}
    for t in other.trainable:
        np.testing.assert_allclose(mine[t.parameter.path], t.diff.to_array(), rtol=0, atol=1e-12)


@every
def test_each_phase_has_memories_of_its_own(kind):
    store = ParameterStore(opened("reference"))
    train, test = net_of(kind, store, phase="train"), net_of(kind, store)
    first = forward(test, X[:T], CONT[:T])
    forward(train, 3 * X[:T], CONT[:T])
    second = forward(test, X[T : 2 * T], CONT[T : 2 * T])
    whole = forward(net_of(kind, store, 2 * T, stateful=False), X[: 2 * T], CONT[: 2 * T])
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=0, atol=1e-13)


@every
def test_predictions_remember_nothing_and_take_any_number_of_sequences(kind):
    store = ParameterStore(opened("reference"))
    net = net_of(kind, store)
    cont = np.ones((T, 1))
    once, again = (net.predict({"x": X[:T, :1], "cont": cont}, outputs="h") for _ in range(2))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_allclose(once, forward(net, X[:T], np.ones((T, N)))[:, :1], rtol=0, atol=1e-13)


def test_a_model_file_without_memories_is_complete(tmp_path, caplog):
    store = ParameterStore(opened("reference"))
    plain = net_of("lstm", store, stateful=False)
    plain.init()
    save_network(tmp_path / "plain.h5", plain)
    other = ParameterStore(opened("reference"))
    net = net_of("lstm", other)
    load_network(tmp_path / "plain.h5", net)
    assert not caplog.records
    np.testing.assert_array_equal(forward(net, X[:T], CONT[:T]), forward(plain, X[:T], CONT[:T]))


def training(folder, max_iter):
    """Sequences of which each batch is the next part; after `max_iter` updates the parameters."""
    data = [X, CONT, np.tanh(X[..., :D] if F >= D else np.repeat(X[..., :1], D, axis=2))]
    layers = [
        MemoryDataLayer(name="data", tops=["x", "cont", "target"], data=data, batch_size=T),
        LSTMLayer(name="r", output_dim=D, stateful=True, bottoms=["x", "cont"], tops=["h"]),
        InnerProductLayer(name="ip", output_dim=D, axis=2, bottoms=["h"], tops=["y"]),
        SquareLossLayer(name="loss", bottoms=["y", "target"]),
    ]
    net = Net("t", opened("cpu"), layers, dtype="float64", parameters=ParameterStore(opened("cpu")))
    method = SGD()
    policies = {"lr_policy": LRPolicy.Fixed(0.05), "mom_policy": MomPolicy.Fixed(0.9)}
    params = make_solver_parameters(method, max_iter=max_iter, load_from=str(folder), **policies)
    solver = Solver(method, params)
    solver.add_coffee_break(Snapshot(str(folder)), every_n_iter=1)
    solve(solver, net)
    values = {p.path: p.blob.to_array() for p in net.all_parameters}
    net.close()
    return values, solver.state.obj_val


@pytest.mark.parametrize("stop", [1, 4, 6])
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path, stop):
    whole, objective = training(tmp_path / "whole", 9)
    training(tmp_path / "parts", stop)
    resumed, again = training(tmp_path / "parts", 9)
    assert again == objective
    for name, values in whole.items():
        np.testing.assert_array_equal(resumed[name], values)
    assert np.any(whole["r/train___h"])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"bottoms": ["x"]}, "stateful=True needs the bottom cont"),
        ({"states": True, "bottoms": ["x", "cont", "h0", "c0"], "tops": ["h", "h1", "c1"]}, "leave out stateful=True"),
    ],
)
def test_options_that_cannot_be(options, text):
    with pytest.raises(OptionError, match=text):
        LSTMLayer(name="r", output_dim=D, stateful=True, **{"bottoms": ["x", "cont"], "tops": ["h"], **options})
