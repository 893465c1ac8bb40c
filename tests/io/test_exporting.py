"""`mocha.export`: parameters and notes as HDF5 and safetensors; other formats by packages."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import mocha_core as mocha
from mocha_core import (
    Exporter,
    InnerProductLayer,
    InputLayer,
    ModelNotes,
    Net,
    NumericalError,
    OptionError,
    ParameterError,
    PluginError,
    load_network,
)
from mocha_core.io import exporting
from mocha_core.io.safetensors import opened_safetensors
from mocha_core.plugins.scan import Offer
from mocha_core.testing import ReferenceBackend

NOTES = ModelNotes(licence="BSD 2-clause", attribution="its makers")


def small(ready: bool = True) -> Net:
    layers = [
        InputLayer(tops=["x"], shapes=[(1, 4)]),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["y"]),
    ]
    net = Net("small", ReferenceBackend(), layers, phase="test")
    if ready:
        net.init()
    net.notes = NOTES
    return net


@pytest.mark.parametrize("suffix", ["h5", "hdf5", "safetensors", "SAFETENSORS"])
def test_parameters_come_back(tmp_path, suffix):
    net, other = small(), small()
    assert mocha.export(net, tmp_path / f"net.{suffix}") == ("2 parameters, 15 numbers",)
    (tmp_path / f"net.{suffix}").rename(tmp_path / f"net.{suffix.lower()}")
    other.notes = ModelNotes()
    load_network(tmp_path / f"net.{suffix.lower()}", other)
    for one, two in zip(net.all_parameters, other.all_parameters, strict=True):
        np.testing.assert_array_equal(one.blob.to_array(), two.blob.to_array())
    assert other.notes == NOTES


def test_names_are_those_of_model_files(tmp_path):
    mocha.export(small(), tmp_path / "net.h5")
    mocha.export(small(), tmp_path / "net.safetensors")
    with h5py.File(tmp_path / "net.h5") as file, opened_safetensors(tmp_path / "net.safetensors") as (arrays, notes):
        assert {"ip___weight", "ip___bias"} == set(arrays) <= set(file)
        assert notes == NOTES.as_strings()


def test_long_licences_go_along(tmp_path):
    net = small()
    net.notes = ModelNotes(licence="free software " * 10_000)
    for suffix in ("h5", "safetensors"):
        mocha.export(net, tmp_path / f"net.{suffix}")
        again = small()
        again.notes = ModelNotes()
        load_network(tmp_path / f"net.{suffix}", again)
        assert again.notes == net.notes


@pytest.mark.parametrize("suffix", ["h5", "safetensors"])
def test_options_that_there_are_not(tmp_path, suffix):
    with pytest.raises(OptionError, match="export has no option 'opset' for"):
        mocha.export(small(), tmp_path / f"net.{suffix}", opset=17)


@pytest.mark.parametrize("suffix", ["h5", "safetensors"])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, suffix):
    path = tmp_path / f"net.{suffix}"
    mocha.export(small(), path)
    before, broken = path.read_bytes(), small()
    broken.all_parameters[0].load(np.full((3, 4), np.nan))
    with pytest.raises(NumericalError, match="ip___weight"):
        mocha.export(broken, path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_net_without_values(tmp_path):
    with pytest.raises(ParameterError, match=r"call net\.init\(\) first"):
        mocha.export(small(ready=False), tmp_path / "net.safetensors")


def test_a_folder(tmp_path):
    (tmp_path / "net.h5").mkdir()
    with pytest.raises(OptionError, match="is a folder"):
        mocha.export(small(), tmp_path / "net.h5")


class Plain(Exporter):
    def write(self, net, path, notes, options):
        path.write_text(f"{net.name} {notes['licence']} {dict(options)}")
        return ("written",)


class PlainOffer(Offer):
    def load(self):
        return Plain


class WrongOffer(Offer):
    def load(self):
        return dict


@pytest.fixture
def exporters(monkeypatch):
    """Only these are installed."""

    def install(kind):
        offer = kind("mocha.exporters", "plain", "mocha-plain", "1.0", "nowhere:Exporter")
        monkeypatch.setattr("mocha_core.plugins.scan.offers", lambda group: (offer,))
        monkeypatch.setattr("mocha_core.plugins.loading.offers", lambda group: (offer,))

    return install


def test_an_exporter_of_a_package(exporters, tmp_path):
    exporters(PlainOffer)
    assert mocha.export(small(), tmp_path / "net.plain", colour="blue") == ("written",)
    assert (tmp_path / "net.plain").read_text() == "small BSD 2-clause {'colour': 'blue'}"


def test_something_else_under_its_name(exporters, tmp_path):
    exporters(WrongOffer)
    with pytest.raises(PluginError, match=r"mocha-plain 1\.0 is broken .*no subclass of Exporter"):
        mocha.export(small(), tmp_path / "net.plain")


def test_a_suffix_that_nobody_writes(exporters, tmp_path, monkeypatch):
    exporters(PlainOffer)
    monkeypatch.setattr("mocha_core.plugins.advice._requirements", lambda: ['mocha-onnx; extra == "onnx"'])
    known = r"suffix \.onnx; installed: \.h5, \.hdf5, \.safetensors, \.plain \(mocha-plain 1\.0\)"
    with pytest.raises(PluginError, match=rf'{known}; install it with: pip install "mocha-core\[onnx\]"'):
        mocha.export(small(), tmp_path / "net.onnx")
    with pytest.raises(PluginError, match=r"'net', which has no suffix; .*; name the file 'net\.h5', for example"):
        mocha.export(small(), tmp_path / "net")
    with pytest.raises(PluginError, match=r"suffix \.plan; .*; name the file 'net\.plain', for example$"):
        mocha.export(small(), tmp_path / "net.plan")


def test_the_core_brings_its_own():
    assert set(exporting.OWN) == {"h5", "hdf5", "safetensors"}
