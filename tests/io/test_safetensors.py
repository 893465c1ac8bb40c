"""Files of the safetensors format: what is written comes back, and nothing that lies is believed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocha_core import InnerProductLayer, InputLayer, MissingFileError, Net, SnapshotError, load_network
from mocha_core.errors import MochaError
from mocha_core.io.safetensors import HEADER_BYTES, opened_safetensors, write_safetensors
from mocha_core.testing import ReferenceBackend

GOOD = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}


def write(path: Path, header: object, data: bytes = b"\0" * 8, length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + data)
    return path


def read(path: Path) -> dict[str, np.ndarray]:
    with opened_safetensors(path) as (arrays, _):
        return {name: array[()] for name, array in arrays.items()}


@pytest.mark.parametrize("kind", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"])
def test_every_element_type_comes_back(tmp_path, kind):
    given = {"x": np.arange(6).reshape(2, 3).astype(kind), "scalar": np.array(1, kind), "none": np.zeros((0, 4), kind)}
    write_safetensors(tmp_path / "a.safetensors", given)
    found = read(tmp_path / "a.safetensors")
    assert {name: (array.dtype, array.shape) for name, array in found.items()} == {
        name: (array.dtype, array.shape) for name, array in given.items()
    }
    assert all(np.array_equal(found[name], array) for name, array in given.items())


def test_the_bytes_are_those_of_the_format(tmp_path):
    write_safetensors(tmp_path / "a", {"b": np.float32([1]), "a": np.float64([2])}, {"licence": "MIT"})
    raw = (tmp_path / "a").read_bytes()
    length = int.from_bytes(raw[:8], "little")
    assert length % 8 == 0
    assert json.loads(raw[8 : 8 + length]) == {
        "__metadata__": {"licence": "MIT"},
        "a": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]},
        "b": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]},
    }
    assert raw[8 + length :] == np.float64([2]).tobytes() + np.float32([1]).tobytes()


def test_arrays_of_the_other_byte_order_and_with_gaps(tmp_path):
    wide = np.arange(12.0).reshape(3, 4)[:, ::2].astype(">f8")
    write_safetensors(tmp_path / "a", {"a": wide})
    assert np.array_equal(read(tmp_path / "a")["a"], wide)


def test_bfloat16_is_read_as_float32(tmp_path):
    values = np.float32([1.5, -2.0, 0.0])
    upper = (values.view("<u4") >> 16).astype("<u2").tobytes()
    path = write(tmp_path / "a", {"a": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}, upper)
    assert read(path)["a"].tolist() == values.tolist()


BAD = {
    "no header": (b"  ", "no JSON"),
    "a list": ([], "no table"),
    "another type": ({"a": {**GOOD["a"], "dtype": "F8"}}, "elements of type 'F8'"),
    "a size below 0": ({"a": {**GOOD["a"], "shape": [-2]}}, "no lists of sizes"),
    "a size that is true": ({"a": {**GOOD["a"], "shape": [True, 2]}}, "no lists of sizes"),
    "a size that is no whole number": ({"a": {**GOOD["a"], "shape": [2.0]}}, "no lists of sizes"),
    "a larger shape": ({"a": {**GOOD["a"], "shape": [3]}}, "does not fill its place"),
    "terabytes": ({"a": {**GOOD["a"], "shape": [2**40]}}, "does not fill its place"),
    "beyond the end": ({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}, "lies at .* of 8 bytes"),
    "a gap": ({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, "should begin at 0"),
    "an overlap": ({**GOOD, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, "should begin at 8"),
    "bytes left over": ({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, "4 bytes that belong to no"),
    "three offsets": ({"a": {**GOOD["a"], "data_offsets": [0, 4, 8]}}, "no lists of sizes"),
    "no shape": ({"a": {"dtype": "F32", "data_offsets": [0, 8]}}, "not told by"),
    "an entry that is a number": ({"a": 1}, "not told by"),
    "metadata that are numbers": ({**GOOD, "__metadata__": {"a": 1}}, "not texts by name"),
    "a name twice": (b'{"a": 1, "a": 1}', "twice"),
    "deep nesting": (b"[" * 100_000, "no JSON"),
    "no text": (b"\xff\xfe\xff", "no JSON"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_refused(tmp_path, what):
    header, message = BAD[what]
    with pytest.raises(SnapshotError, match=rf"a\.safetensors is damaged .*{message}"):
        read(write(tmp_path / "a.safetensors", header))


@pytest.mark.parametrize("length", [0, 1, HEADER_BYTES + 1, 2**63, 2**64 - 1])
def test_a_length_that_cannot_be(tmp_path, length):
    with pytest.raises(SnapshotError, match=rf"its header would have {length} bytes"):
        read(write(tmp_path / "a", GOOD, length=length))


@pytest.mark.parametrize("size", [0, 5, 8])
def test_a_file_that_ends_too_early(tmp_path, size):
    whole = write(tmp_path / "a", GOOD).read_bytes()
    (tmp_path / "a").write_bytes(whole[:size])
    with pytest.raises(SnapshotError, match="damaged or no safetensors file"):
        read(tmp_path / "a")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(place=st.integers(0, 200), byte=st.integers(0, 255), cut=st.integers(0, 60))
def test_damage_anywhere_is_one_of_our_errors_or_harmless(tmp_path_factory, place, byte, cut):
    path = tmp_path_factory.mktemp("damage") / "a"
    write_safetensors(path, {"ip___weight": np.ones((3, 4), "f4"), "ip___bias": np.ones((1, 3), "f4")}, {"a": "b"})
    raw = bytearray(path.read_bytes())
    raw[place % len(raw)] = byte
    path.write_bytes(raw[: len(raw) - cut])
    try:
        found = read(path)
    except MochaError:
        return
    assert sum(array.nbytes for array in found.values()) <= len(raw)


def small() -> Net:
    layers = [
        InputLayer(tops=["x"], shapes=[(1, 4)]),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["y"]),
    ]
    return Net("small", ReferenceBackend(), layers, phase="test")


def test_a_net_reads_its_parameters(tmp_path):
    weight, bias = np.arange(12, dtype="f4").reshape(3, 4), np.arange(3, dtype="f4")
    write_safetensors(tmp_path / "a.safetensors", {"ip___weight": weight, "ip___bias": bias}, {"licence": "MIT"})
    net = small()
    load_network(tmp_path / "a.safetensors", net)
    assert [p.blob.to_array().tolist() for p in net.all_parameters] == [weight.tolist(), [bias.tolist()]]
    assert net.notes.licence == "MIT"


def test_names_of_another_framework_are_listed(tmp_path):
    write_safetensors(tmp_path / "a.safetensors", {"fc.weight": np.zeros((3, 4), "f4")})
    with pytest.raises(MochaError, match=r"holds no parameters, but: fc\.weight"):
        load_network(tmp_path / "a.safetensors", small())


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match=r"gone\.safetensors"):
        load_network(tmp_path / "gone.safetensors", small())
