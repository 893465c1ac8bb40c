"""LSTM and RNN: blobs in Caffe's order give what Caffe's formulas say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_core import MochaError
from mocha_core import load as mocha_load
from mocha_core.testing.opening import opened

from .texts import model

T, N, F, S, D = 4, 3, 5, 2, 2
RANDOM = np.random.default_rng(0)
SHAPES = {"x": (T, N, F), "cont": (T, N), "fixed": (N, S), "h0": (1, N, D), "c0": (1, N, D)}
BLOBS = {name: RANDOM.normal(size=shape) for name, shape in SHAPES.items()}
BLOBS["cont"] = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1.0]])


def text(kind: str, static: bool, exposed: bool) -> tuple[str, list[str]]:
    """The net, and the blobs that it reads."""
    states = ["h", "c"] if kind == "LSTM" else ["h"]
    reads = ["x", "cont", *(["fixed"] if static else []), *([f"{s}0" for s in states] if exposed else [])]
    tops = ["y", *([f"{s}T" for s in states] if exposed else [])]
    dims = {name: " ".join(f"dim: {size}" for size in SHAPES[name]) for name in reads}
    inputs = "".join(
        f'layer {{ name: "{n}" type: "Input" top: "{n}" input_param {{ shape {{ {d} }} }} }}\n' for n, d in dims.items()
    )
    wires = " ".join([*(f'bottom: "{name}"' for name in reads), *(f'top: "{name}"' for name in tops)])
    param = f"recurrent_param {{ num_output: {D} expose_hidden: {str(exposed).lower()} }}"
    return f'{inputs}layer {{ name: "y" type: "{kind}" {wires} {param} }}\n', reads


def blobs_of(kind: str, static: bool) -> list[np.ndarray]:
    """In Caffe's order: W_x, b, (W_static), W_h, and of an RNN W_o and b_o."""
    rows = 4 * D if kind == "LSTM" else D
    shapes = [(rows, F), (rows,), *([(rows, S)] if static else []), (rows, D)]
    shapes += [(D, D), (D,)] if kind == "RNN" else []
    return [RANDOM.normal(size=shape).astype(np.float32) for shape in shapes]


def sigmoid(s: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-s))


def caffe(kind: str, blobs: list[np.ndarray], static: bool, exposed: bool) -> np.ndarray:
    """The formulas of Caffe's two layers, one step at a time."""
    w_x, b, *others = blobs
    w_static = others.pop(0) if static else np.zeros((len(b), S))
    w_h, *out = others
    h, c = (BLOBS[n][0] if exposed else np.zeros((N, D)) for n in ("h0", "c0"))
    ys = []
    for x, cont in zip(BLOBS["x"], BLOBS["cont"][..., None], strict=True):
        sums = x @ w_x.T + b + BLOBS["fixed"] @ w_static.T + (cont * h) @ w_h.T
        if kind == "LSTM":
            i, f, o = (sigmoid(sums[:, k * D : (k + 1) * D]) for k in range(3))
            c = cont * c * f + i * np.tanh(sums[:, 3 * D :])
            h = o * np.tanh(c)
            ys.append(h)
        else:
            h = np.tanh(sums)
            ys.append(np.tanh(h @ out[0].T + out[1]))
    return np.stack(ys)


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("exposed", [False, True])
def test_what_caffe_computes(kind: str, static: bool, exposed: bool, tmp_path: Path) -> None:
    net_text, reads = text(kind, static, exposed)
    blobs = blobs_of(kind, static)
    (tmp_path / "net.prototxt").write_text(net_text)
    stored = Message("NetParameter", name="stored")
    stored.make("layer", name="y", type=kind).blobs = [make_blob(blob) for blob in blobs]
    save_wire(stored, tmp_path / "net.caffemodel")
    net = mocha_load(
        tmp_path / "net.prototxt", tmp_path / "net.caffemodel", backend=opened("reference"), dtype="float64", keep=["y"]
    )
    with net:
        for name in reads:
            net.blob(name).set(BLOBS[name])
        net.forward()
        y = net.blob("y").to_array()
    np.testing.assert_allclose(y, caffe(kind, blobs, static, exposed), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
@pytest.mark.parametrize("backend", ["reference", "cpu"])
def test_the_next_forward_goes_on_where_cont_is_one(kind: str, backend: str, tmp_path: Path) -> None:
    """Caffe's formulas over the whole sequence, and the net over its halves."""
    net_text, _ = text(kind, False, False)
    blobs = blobs_of(kind, False)
    (tmp_path / "net.prototxt").write_text(net_text.replace(f"dim: {T} ", f"dim: {T // 2} "))
    stored = Message("NetParameter", name="stored")
    stored.make("layer", name="y", type=kind).blobs = [make_blob(blob) for blob in blobs]
    save_wire(stored, tmp_path / "net.caffemodel")
    found = []
    files = tmp_path / "net.prototxt", tmp_path / "net.caffemodel"
    with mocha_load(*files, backend=opened(backend), dtype="float64", keep=["y"]) as net:
        for part in (slice(0, T // 2), slice(T // 2, T)):
            for name in ("x", "cont"):
                net.blob(name).set(BLOBS[name][part])
            net.forward()
            found.append(net.blob("y").to_array())
    np.testing.assert_allclose(np.concatenate(found), caffe(kind, blobs, False, False), rtol=1e-12, atol=1e-14)


def test_a_net_unrolled_by_hand_is_the_lstm(tmp_path: Path) -> None:
    """One LSTMUnit per step on the gates that the formulas give."""
    gates, cont = RANDOM.normal(size=(1, N, 4 * D)), np.array([[1.0, 0.0, 1.0]])
    text = "".join(
        f'layer {{ name: "{n}" type: "Input" top: "{n}" input_param {{ shape {{ dim: 1 dim: {N} {more} }} }} }}\n'
        for n, more in (("c0", f"dim: {D}"), ("gates", f"dim: {4 * D}"), ("cont", ""))
    )
    wires = 'bottom: "c0" bottom: "gates" bottom: "cont" top: "c1" top: "h1"'
    (tmp_path / "net.prototxt").write_text(text + f'layer {{ name: "unit" type: "LSTMUnit" {wires} }}\n')
    with mocha_load(tmp_path / "net.prototxt", backend=opened("cpu"), dtype="float64", keep="all") as net:
        for name, values in (("c0", BLOBS["c0"]), ("gates", gates), ("cont", cont)):
            net.blob(name).set(values)
        net.forward()
        c, h = net.blob("c1").to_array(), net.blob("h1").to_array()
    i, f, o = (sigmoid(gates[..., k * D : (k + 1) * D]) for k in range(3))
    expected = cont[..., None] * f * BLOBS["c0"] + i * np.tanh(gates[..., 3 * D :])
    np.testing.assert_allclose(c, expected, rtol=1e-13)
    np.testing.assert_allclose(h, o * np.tanh(expected), rtol=1e-13)


def test_impossible_layers() -> None:
    inputs, _ = text("LSTM", False, False)
    start = inputs[: inputs.rindex("layer")] + 'layer { name: "y" type: "LSTM" bottom: "x" bottom: "cont" top: "y" '
    with pytest.raises(MochaError, match=r"layer 'y' .LSTM.: num_output is missing"):
        model(f"{start} }}")
    with pytest.raises(MochaError, match=r"it needs the bottoms x, cont, perhaps .* 2 first states, not 2"):
        model(f"{start} recurrent_param {{ num_output: 2 expose_hidden: true }} }}")
