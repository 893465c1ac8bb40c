"""`mocha export`: from an experiment file and a snapshot to files that other programs read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core.cli.export import option
from mocha_core.cli.main import main
from mocha_core.io.safetensors import opened_safetensors

Capture = pytest.CaptureFixture[str]
SNAPSHOT = "snapshots/snapshot-000030.h5"


@pytest.fixture
def trained(experiment: Path, capsys: Capture) -> Path:
    assert main(["train", str(experiment), "--max-iter", "30"]) == 0
    capsys.readouterr()
    return experiment


def test_parameters_of_a_snapshot(trained: Path, capsys: Capture) -> None:
    words = [str(trained), SNAPSHOT, "-o", "net.safetensors", "--licence", "public domain"]
    assert main(["export", *words]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "4 parameters, 67 numbers"
    assert second == f"net.safetensors: {Path('net.safetensors').stat().st_size} bytes"
    with opened_safetensors("net.safetensors") as (arrays, notes):
        assert sorted(arrays) == ["ip1___bias", "ip1___weight", "ip2___bias", "ip2___weight"]
        assert notes["licence"] == "public domain"


def test_exported_parameters_are_weights_again(trained: Path, capsys: Capture) -> None:
    assert main(["export", str(trained), SNAPSHOT, "-o", "net.safetensors"]) == 0
    results = []
    for weights in (SNAPSHOT, "net.safetensors"):
        capsys.readouterr()
        assert main(["test", str(trained), "--weights", weights]) == 0
        results.append(capsys.readouterr().out)
    assert results[0] == results[1]
    assert main(["train", str(trained), "--fresh", "--weights", "net.safetensors", "--max-iter", "1"]) == 0


def test_without_the_data(trained: Path, capsys: Capture) -> None:
    Path("data.h5").unlink()
    assert main(["export", str(trained), SNAPSHOT, "--shape", "data=5x4", "-o", "net.h5"]) == 0
    assert Path("net.h5").is_file()


def test_onnx(trained: Path, capsys: Capture) -> None:
    pytest.importorskip("mocha_onnx", reason="mocha-onnx is not installed")
    onnx = ["-o", "net.onnx", "--option", "opset=18", "--option", "outputs=ip1,ip2"]
    assert main(["export", str(trained), SNAPSHOT, *onnx]) == 0
    outputs = "outputs ip1 (batch x 8), ip2 (batch x 3)"
    assert capsys.readouterr().out.startswith(f"opset 18; inputs data (batch x 4); {outputs}; 3 nodes\n")


def test_folded(trained: Path, capsys: Capture) -> None:
    assert main(["export", str(trained), SNAPSHOT, "--fold", "-o", "net.h5"]) == 0
    assert "4 parameters" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.h5", "-o", "net.h5"], "gone.h5: there is no such file; name a snapshot or a model file"),
        ([SNAPSHOT, "-o", "net.strange"], "nobody writes files of the suffix .strange; installed: .h5"),
        ([SNAPSHOT, "-o", "net.h5", "--option", "opset=17"], "export has no option 'opset' for an HDF5 file"),
        ([SNAPSHOT, "-o", "net.h5", "--shape", "probe=1x4"], "shapes names 'probe', which no data layer gives"),
    ],
)
def test_refused(trained: Path, capsys: Capture, words: list[str], message: str) -> None:
    assert main(["export", str(trained), *words]) == 1
    assert message in capsys.readouterr().err
    assert not list(Path().glob("net.*"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shape", "data=axb"], "is no BLOB=SIZExSIZE"),
        (["--shape", "5x4"], "is no BLOB=SIZExSIZE"),
        (["--option", "opset"], "is no NAME=VALUE"),
        ([], "required: -o/--output"),
    ],
)
def test_words_that_mean_nothing(capsys: Capture, words: list[str], message: str) -> None:
    with pytest.raises(SystemExit):
        main(["export", "net.toml", *words])
    assert message in capsys.readouterr().err


def test_truth_values_and_numbers() -> None:
    assert option("check=false") == option("check=False") == ("check", False)
    assert option("check=true") == option("check=True") == ("check", True)
    assert option("batch=-1") == ("batch", -1)
