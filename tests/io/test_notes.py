"""What travels with a model: into every file of Mocha's, and out of it again."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core import (
    InnerProductLayer,
    InputLayer,
    MissingFileError,
    ModelNotes,
    Net,
    OptionError,
    ParameterStore,
    Preprocessing,
    SnapshotError,
    load_network,
    save_network,
)
from mocha_core.io import loading, noting
from mocha_core.io.array_file import text, write_arrays
from mocha_core.io.importer import Imported, Importer
from mocha_core.io.model_file import parameter_arrays
from mocha_core.io.model_notes import LONGEST
from mocha_core.io.noting import legal_files, text_of
from mocha_core.io.safetensors import write_safetensors
from mocha_core.testing.backends import ReferenceBackend

MEAN = np.arange(3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)
NOTES = ModelNotes(
    licence="Free for all\n\nIt comes as it is. © the authors",
    attribution="A. Uthor, 2015",
    source="https://example.org/model",
    preprocessing=Preprocessing(colour="BGR", resize=9, mean=MEAN, scale=1 / 256),
)


def net() -> Net:
    backend = ReferenceBackend()
    layers = [
        InputLayer(tops=["x"], shapes=[(2, 4)]),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["y"]),
    ]
    made = Net("small", backend, layers, phase="test", parameters=ParameterStore(backend))
    made.init()
    return made


def stored(path: Path, **arrays: object) -> Path:
    """A model file with other notes."""
    named = {name.replace("__", "/"): np.asarray(array) for name, array in arrays.items()}
    write_arrays(path, {**parameter_arrays(net()), **named})
    return path


def test_a_model_file_keeps_all_of_them(tmp_path: Path) -> None:
    first, again = net(), net()
    first.notes = NOTES
    save_network(tmp_path / "m.h5", first)
    load_network(tmp_path / "m.h5", again)
    assert again.notes == NOTES


def test_no_notes_no_bytes(tmp_path: Path) -> None:
    save_network(tmp_path / "m.h5", net())
    stored(tmp_path / "plain.h5")
    assert (tmp_path / "m.h5").stat().st_size == (tmp_path / "plain.h5").stat().st_size


def test_what_a_net_has_goes_before_what_a_file_says(tmp_path: Path) -> None:
    first, again = net(), net()
    first.notes, again.notes = NOTES, ModelNotes(licence="mine")
    save_network(tmp_path / "m.h5", first)
    load_network(tmp_path / "m.h5", again)
    assert again.notes == replace(NOTES, licence="mine")


def test_as_strings() -> None:
    strings = NOTES.as_strings()
    assert list(strings) == ["licence", "attribution", "source", "preprocessing"]
    assert json.loads(strings["preprocessing"])["resize"] == 9
    assert ModelNotes.from_strings({**strings, "format": "other"}) == NOTES
    assert dict(ModelNotes().as_strings()) == {}
    assert (bool(ModelNotes()), bool(ModelNotes(source="x"))) == (False, True)


def test_in_a_table() -> None:
    made = net()
    made.notes = NOTES
    assert "licence: Free for all (2 lines)\n" in made.summary()
    assert "preprocessing: Preprocessing(colour='BGR', resize=9, mean=<array (3, 4, 5) float32>" in made.summary()
    assert len(ModelNotes(licence="long " * 99).lines()[0]) < 100


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"licence": Path("LICENSE")}, "licence is a text, not .*read_text"),
        ({"source": 3}, "source is a text, not 3"),
        ({"attribution": "x" * (LONGEST + 1)}, "attribution has 262145 characters; at most 262144"),
        ({"preprocessing": {"colour": "BGR"}}, r"preprocessing is a Preprocessing\(\.\.\.\)"),
    ],
)
def test_what_notes_are_not(options: dict, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        ModelNotes(**options)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (text("{"), "its notes are damaged"),
        (text("[1]"), "no texts by name"),
        (text('{"licence": 3}'), "no texts by name"),
        (text('{"preprocessing": "[]"}'), "its notes are damaged: the stored preprocessing is no dictionary"),
        (text('{"preprocessing": "{\\"colour\\": \\"pink\\"}"}'), "its notes are damaged: .*colour is"),
        (text('{"preprocessing": "{\\"kolour\\": 1}"}'), "its notes are damaged: .*no option 'kolour'"),
        (text("[" * 100_000), "its notes are damaged"),
        (np.zeros(3), r"its notes are no text: /notes/record is \(3,\) of float64"),
    ],
)
def test_damaged_notes(tmp_path: Path, record: np.ndarray, said: str) -> None:
    with pytest.raises(SnapshotError, match=said):
        load_network(stored(tmp_path / "m.h5", notes__record=record), net())


def test_damaged_notes_of_a_safetensors_file(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    write_safetensors(path, parameter_arrays(net()), {"preprocessing": "crop it"})
    with pytest.raises(
        SnapshotError, match=r"m\.safetensors: its notes are damaged: the stored preprocessing is no JSON"
    ):
        load_network(path, net())
    again = net()
    write_safetensors(path, parameter_arrays(net()), NOTES.as_strings())
    load_network(path, again)
    assert again.notes == NOTES


def test_a_mean_image_that_is_none(tmp_path: Path) -> None:
    record = text(json.dumps({"preprocessing": json.dumps({"colour": "BGR", "mean": None})}))
    with pytest.raises(SnapshotError, match=r"its mean image is \(3,\) of int64"):
        load_network(stored(tmp_path / "m.h5", notes__record=record, notes__mean=np.arange(3)), net())


# load ----------------------------------------------------------------------------------------------------------------


class Small(Imported):
    name = "small"
    layers = net().given
    notes = ModelNotes(attribution="from the file", preprocessing=Preprocessing(colour="gray"))


class SmallImporter(Importer):
    def claims(self, path):
        return path.suffix == ".small"

    def read(self, path, request):
        return Small()


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "_importer", lambda path: SmallImporter())
    path = tmp_path / "model" / "net.small"
    path.parent.mkdir()
    path.touch()
    return path


def load(*files, **options):
    return mocha.load(*files, backend=ReferenceBackend(), **options)


def test_what_the_user_says_goes_before_weights_before_the_model(model: Path, tmp_path: Path) -> None:
    first = net()
    first.notes = ModelNotes(source="weights", preprocessing=Preprocessing(colour="RGB"))
    save_network(tmp_path / "w.h5", first)
    found = load(model, tmp_path / "w.h5", licence="free").notes
    assert (found.licence, found.attribution, found.source) == ("free", "from the file", "weights")
    assert found.preprocessing == Preprocessing(colour="RGB")
    mine = Preprocessing(colour="BGR")
    assert load(model, tmp_path / "w.h5", preprocessing=mine, source="me").notes.preprocessing == mine
    assert load(model).notes == replace(Small.notes, source="net.small")


def test_a_licence_from_a_file(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    legal = model.with_name("LICENSE")
    legal.write_text("Free für alle\n", encoding="utf-8")
    model.with_name("NOTICE.md").write_bytes("By Jürgen".encode("latin-1"))
    assert load(model, licence=legal).notes.licence == "Free für alle\n"
    monkeypatch.chdir(model.parent)
    assert load(model, licence="LICENSE", attribution="NOTICE.md").notes.attribution == "By Jürgen"


def test_texts_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in ("MIT", "Copyright 2015 A. Uthor", "two\nlines", "see https://example.org", "", "x" * 9000):
        assert text_of("licence", words) == words
    for path in ("LICENSE", "LICENCE.txt", "sub/NOTICE", "about.md", Path("anything")):
        with pytest.raises(MissingFileError, match="licence: there is no file"):
            text_of("licence", path)
    (tmp_path / "image.png").write_bytes(b"\x89PNG\0")
    with pytest.raises(OptionError, match=r"image\.png is no text"):
        text_of("licence", "image.png")
    (tmp_path / "large.txt").write_bytes(b"x" * (4 * LONGEST + 1))
    with pytest.raises(OptionError, match=r"large\.txt has 1048577 bytes"):
        text_of("licence", "large.txt")
    with pytest.raises(OptionError, match="licence is a text or the path of one, not 3"):
        text_of("licence", 3)


def test_a_licence_beside_the_model_is_only_a_hint(model: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("LICENSE", "NOTICE.txt", "licences.py", "readme.md"):
        model.with_name(name).write_text("words")
    with caplog.at_level(logging.INFO, "mocha"):
        assert load(model).notes.licence == ""
    assert "LICENSE lies beside the model; mocha.load(..., licence=" in caplog.text
    assert "NOTICE.txt lies beside the model; mocha.load(..., attribution=" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.INFO, "mocha"):
        load(model, licence="free")
    assert "lies beside" not in caplog.text


def test_a_folder_of_very_many_files_takes_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MOST_FILES", 2)
    for number in range(5):
        (tmp_path / f"LICENSE.{number}").touch()
    assert len(legal_files(tmp_path / "net.small")) == 2
