"""Which nets a solver names, and where their files are."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mocha_caffe import read_recipe
from mocha_core import MissingFileError, MochaError, OptionError

from .small import NET, SOLVER, TESTS, write

EMBEDDED = NET.replace('name: "small"', "").strip()


def solver(text: str, net: str = 'net: "net.prototxt"') -> str:
    return SOLVER.replace('net: "net.prototxt"', net) + text


def test_one_net_for_training_and_testing(tmp_path):
    recipe = read_recipe(write(tmp_path, solver(TESTS)))
    assert recipe.train.settings.phase == "train"
    assert [(test.net.settings.phase, test.batches) for test in recipe.tests] == [("test", 3)]
    assert recipe.folder == tmp_path / "small_snapshots"
    assert (recipe.seed, recipe.notes) == (5, ())


def test_several_test_nets_come_in_caffes_order(tmp_path):
    (tmp_path / "other.prototxt").write_text(NET.replace('"small"', '"other"'))
    text = solver('test_net: "other.prototxt" test_iter: 2 test_iter: 5 test_interval: 1')
    recipe = read_recipe(write(tmp_path, text))
    assert [(str(test.net.message.name), test.batches) for test in recipe.tests] == [("other", 2), ("small", 5)]


def test_a_net_inside_the_solver(tmp_path):
    recipe = read_recipe(write(tmp_path, solver("", f"train_net_param {{ {NET} }}")))
    assert len(recipe.train.model().layers) == 6


def test_train_state_test_state_and_the_command_line(tmp_path):
    states = 'train_state { level: 1 stage: "a" } test_state { stage: "b" }'
    recipe = read_recipe(write(tmp_path, solver(TESTS + states)), stages=["c"])
    assert (recipe.train.settings.level, recipe.train.settings.stages) == (1, ("a", "c"))
    assert (recipe.tests[0].net.settings.level, recipe.tests[0].net.settings.stages) == (0, ("b",))


def test_regularization(tmp_path):
    recipe = read_recipe(write(tmp_path, solver('regularization_type: "L1"')))
    assert recipe.train.settings.regularization == "L1"


def test_files_count_from_the_working_directory_first(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "mocha")
    path = write(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    read_recipe(path)
    assert f"net.prototxt is not in the working directory; taking {tmp_path / 'net.prototxt'}" in caplog.text
    (elsewhere / "net.prototxt").write_text(NET.replace('"small"', '"nearer"'))
    assert read_recipe(path).train.message.name == "nearer"


def test_without_a_prefix_files_are_called_like_the_solver(tmp_path):
    text = solver("").replace('snapshot_prefix: "{folder}/small"', "")
    assert read_recipe(write(tmp_path, text)).prefix == str(tmp_path / "solver")


def test_max_iter_instead_of_the_files(tmp_path):
    recipe = read_recipe(write(tmp_path), max_iter=2)
    assert (recipe.params["max_iter"], recipe.message.max_iter) == (2, 6)


def test_fields_that_mean_nothing_here_are_told(tmp_path):
    notes = read_recipe(write(tmp_path, solver("snapshot_diff: true debug_info: true momentun: 0.9"))).notes
    assert [note.partition(":")[0] for note in notes[1:]] == ["snapshot_diff", "debug_info"]
    assert "did you mean 'momentum'?" in notes[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (solver("", ""), r"it names no net; add net:"),
        (solver('train_net: "net.prototxt"'), "net and train_net are given; keep one"),
        (solver("display: -1"), "display is a number of iterations"),
        (solver('regularization_type: "L3"'), "regularization is 'L2' or 'L1'"),
        (solver("test_iter: 3"), "test_interval is missing"),
        (solver("test_iter: 0 test_interval: 5"), "test_iter is a number of batches"),
        (solver('test_net: "net.prototxt" test_interval: 5'), "1 test nets and 0 test_iter"),
        (solver(TESTS + "test_state { } test_state { }"), "1 test nets and 2 test_state"),
    ],
)
def test_what_caffe_refuses_names_the_file(tmp_path, text, fault):
    with pytest.raises(OptionError, match=rf"solver\.prototxt:.*{fault}"):
        read_recipe(write(tmp_path, text))


def test_a_net_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match=r"net: there is no file 'gone\.prototxt', neither in the working dir"):
        read_recipe(write(tmp_path, solver("", 'net: "gone.prototxt"')))


def test_a_net_is_no_solver(tmp_path):
    write(tmp_path)
    with pytest.raises(MochaError, match=r"net\.prototxt is a prototxt of a net, where a prototxt of a solver"):
        read_recipe(Path(tmp_path / "net.prototxt"))
