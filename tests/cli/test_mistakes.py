"""Wrong words, files that cannot be written, packages that are missing: one sentence each."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from mocha_core.cli.main import main
from mocha_core.cli.saying import ADVICE, sentence
from mocha_core.errors import OptionError

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("train --fast", "mocha train: error: the following arguments are required: experiment"),
        ("train e.toml --fast", "mocha train: error: unrecognized arguments: --fast"),
        ("doctor now", "mocha doctor: error: unrecognized arguments: now"),
        ("time e.toml --iterations many", "mocha time: error: argument --iterations: many is no whole number"),
        ("time e.toml --iterations 0", "mocha time: error: argument --iterations: 0 is not above 0"),
        ("trane e.toml", "mocha: error: argument COMMAND: invalid choice: 'trane'"),
    ],
)
def test_words_that_mean_nothing_are_one_line(words: str, fault: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words.split())
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(fault)
    assert line.endswith("--help` lists what there is")


@pytest.mark.parametrize("number", ADVICE)
def test_errors_of_the_system_name_the_file_and_say_what_to_do(number: int) -> None:
    said = sentence(OSError(number, "whatever", "out.h5"))
    assert "out.h5" in said
    assert "; " in said
    assert "Errno" not in said


def test_a_file_that_was_to_be_replaced_goes_by_its_own_name() -> None:
    error = OSError(errno.EISDIR, "Is a directory", ".out.1234.tmp", None, "out")
    assert sentence(error) == "out is a folder; name a file in it"


def test_errors_of_the_system_without_a_file() -> None:
    assert sentence(OSError(errno.ENOSPC, "No space left on device")).startswith("no space is left for the file;")
    assert sentence(OSError(errno.EIO, "Input/output error")) == "[Errno 5] Input/output error"


def test_our_own_errors_stay_as_they_are() -> None:
    assert sentence(OptionError("there is no option 'x'")) == "there is no option 'x'"


def test_a_package_that_is_missing(experiment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setitem(sys.modules, "mocha_core.io.exporting", None)
    assert main(["export", str(experiment), "-o", "net.h5"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("mocha: a package is missing or damaged: ")
    assert said.endswith("install it again, with pip install mocha_core\n")


def test_layers_of_ones_own_for_an_export(experiment: Path, capsys: Capture) -> None:
    Path("mine.py").write_text("import pathlib\npathlib.Path('seen').touch()\n")
    assert main(["export", str(experiment), "--import", "mine.py", "-o", "net.h5"]) == 0
    assert Path("seen").exists()
    assert main(["export", str(experiment), "--import", "gone.py", "-o", "net.h5"]) == 1
    assert "--import gone.py: there is no such file" in capsys.readouterr().err


def test_an_export_without_weights_says_so(experiment: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert main(["export", str(experiment), "-o", "net.h5"]) == 0
    assert "net 'blobs' was given no weights, so its parameters got initial values" in caplog.text


def test_a_folder_is_no_model(tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", str(tmp_path), "-o", "net.h5"]) == 1
    assert "is a folder; name the file of the model in it" in capsys.readouterr().err
