"""`mocha.load`: a net from files, Mocha's own and those of importers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core import (
    Imported,
    Importer,
    InnerProductLayer,
    InputLayer,
    MissingFileError,
    OptionError,
    PluginConflictError,
    PluginError,
    ShapeError,
    save_network,
)
from mocha_core.io import loading
from mocha_core.plugins.scan import Offer
from mocha_core.testing.backends import ReferenceBackend

EXPERIMENT = """
name = "small"
[[layer]]
type = "HDF5Data"
name = "data"
source = "gone.txt"
batch_size = 4
[[layer]]
type = "InnerProduct"
name = "ip"
output_dim = 3
bottoms = ["data"]
tops = ["ip"]
[[layer]]
type = "SoftmaxLoss"
name = "loss"
bottoms = ["ip", "label"]
"""


class Plain(Imported):
    name = "plain"
    frozen = ("ip",)
    gradients = ("x",)

    def __init__(self, request):
        self.request = request
        self.layers = [
            InputLayer(name="x", tops=["x"], shapes=[request.shapes.get("x", (2, 4))]),
            InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["ip"]),
        ]


class PlainImporter(Importer):
    def claims(self, path):
        return path.suffix == ".plain"

    def read(self, path, request):
        return Plain(request)


class BrokenOffer(Offer):
    def load(self):
        raise PluginError("it is broken")


class PlainOffer(Offer):
    def load(self):
        return PlainImporter


def offer(kind=PlainOffer, name="plain"):
    return kind("mocha.importers", name, f"mocha-{name}", "1.0", "nowhere:Importer")


@pytest.fixture
def importers(monkeypatch):
    """Only these importers are installed."""

    def install(*offers):
        def load_all(group):
            assert group == "mocha.importers"
            for each in offers:
                try:
                    yield each, each.load()
                except PluginError as error:
                    yield each, error

        monkeypatch.setattr("mocha_core.plugins.loading.load_all", load_all)
        monkeypatch.setattr("mocha_core.plugins.scan.offers", lambda group: offers)

    install(offer())
    return install


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "net.plain"
    path.touch()
    return path


def load(*files: Path, **options: object):
    return mocha.load(*files, backend=ReferenceBackend(), **options)


def test_an_importers_model(importers, model):
    with load(model, shapes={"x": (5, 4)}) as net:
        assert (net.name, net.phase, net.blob("ip").shape) == ("plain", "test", (5, 3))


def test_weights_of_mochas_own(importers, model, tmp_path):
    first = load(model)
    save_network(tmp_path / "w.h5", first)
    again = load(model, tmp_path / "w.h5")
    for one, other in zip(first.all_parameters, again.all_parameters, strict=True):
        np.testing.assert_array_equal(one.blob.to_array(), other.blob.to_array())


def test_what_is_not_to_learn_is_frozen_in_training(importers, model):
    assert load(model, phase="train").frozen == {"ip"}
    assert not load(model, phase="test").frozen


def test_inputs_can_be_filled(importers, model):
    with load(model) as net:
        net.blob("x").set(np.ones((2, 4)))
        net.run_forward()
        assert net.blob("ip").to_array().any()


def test_options_reach_the_importer(importers, model, monkeypatch):
    seen = []
    monkeypatch.setattr(PlainImporter, "read", lambda self, path, request: seen.append(request) or Plain(request))
    load(model, phase="train", shapes={"x": (1, 4)}, colour="blue")
    assert (seen[0].phase, seen[0].shapes, seen[0].options) == ("train", {"x": (1, 4)}, {"colour": "blue"})


def test_two_importers_for_one_file(importers, model):
    importers(offer(), offer(name="other"))
    with pytest.raises(PluginConflictError, match=r"claimed by mocha-plain 1\.0 and mocha-other 1\.0; uninstall one"):
        load(model)


def test_nobody_reads_it(importers, tmp_path):
    (tmp_path / "net.strange").touch()
    with pytest.raises(OptionError, match=r"net\.strange is neither an experiment file .*installed: plain"):
        load(tmp_path / "net.strange")


def test_a_broken_importer_is_named_but_hides_no_other(importers, model, tmp_path):
    importers(offer(BrokenOffer, "broken"), offer())
    assert load(model).name == "plain"
    (tmp_path / "net.strange").touch()
    with pytest.raises(OptionError, match="it is broken"):
        load(tmp_path / "net.strange")


def test_a_file_that_is_not_there(importers, tmp_path):
    with pytest.raises(MissingFileError, match=r"there is no file .*gone\.plain"):
        load(tmp_path / "gone.plain")


def test_a_model_whose_data_are_gone(tmp_path):
    """What is to be done, and that it helps."""
    (tmp_path / "net.toml").write_text(EXPERIMENT)
    advice = (
        r"there is no list file .*gone\.txt; .*; to run the net without its data.*: load\(..., shapes=\{'data': \(1, "
    )
    with pytest.raises(MissingFileError, match=advice):
        load(tmp_path / "net.toml")
    assert load(tmp_path / "net.toml", shapes={"data": (1, 4)}).predict(np.ones((2, 4))).shape == (2, 3)


def test_too_little_memory_is_one_of_our_errors(importers, model, monkeypatch):
    def full(*args, **options):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr(loading, "Net", full)
    with pytest.raises(ShapeError, match=r"net\.plain: this machine has too little memory"):
        load(model)


def test_an_experiment_for_prediction_needs_no_data(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(EXPERIMENT)
    with load(path, shapes={"data": (2, 5)}) as net:
        assert net.predict(np.zeros((7, 5))).shape == (7, 3)
        assert [layer.name for layer in net.given] == ["inputs", "ip", "loss/prob"]


def test_wrong_names_for_an_experiment(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(EXPERIMENT)
    with pytest.raises(OptionError, match="shapes names 'dat', which no data layer gives; did you mean 'data'"):
        load(path, shapes={"dat": (2, 5)})
    with pytest.raises(OptionError, match="load has no option 'colour'"):
        load(path, colour="blue")
