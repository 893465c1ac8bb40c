"""The command `mocha`, from an experiment file to a picture of the net."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mocha_core import ModelNotes
from mocha_core.cli.main import main
from mocha_core.io import load_statistics
from mocha_core.io.snapshot_file import read_snapshot, write_snapshot

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *words: str) -> str:
    """The output of a command that must succeed."""
    assert main(words) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def refused(capsys: Capture, *words: str) -> str:
    """The one line on stderr of a command that must fail."""
    assert main(words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mocha: ")
    return line


def test_train_then_test_then_go_on(experiment: Path, capsys: Capture) -> None:
    run(capsys, "train", str(experiment))
    assert sorted(p.name for p in Path("snapshots").glob("snapshot-*")) == [f"snapshot-{n:06d}.h5" for n in (0, 30, 60)]
    out = run(capsys, "test", str(experiment), "--weights", "snapshots/snapshot-000060.h5")
    accuracy = re.search(r"Accuracy \(avg over 60\) = ([\d.]+)%", out)
    assert accuracy
    assert float(accuracy[1]) > 80
    run(capsys, "train", str(experiment), "--max-iter", "70")
    assert max(load_statistics(Path("snapshots/statistics.h5"))["obj_val"]) == 60


def test_train_from_weights_afresh(experiment: Path, capsys: Capture, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "mocha")
    run(capsys, "train", str(experiment), "--max-iter", "30")
    caplog.clear()
    weights = "snapshots/snapshot-000030.h5"
    run(capsys, "train", str(experiment), "--fresh", "--weights", weights, "--max-iter", "1")
    start = next(line for line in caplog.messages if "TRAIN iter=000000" in line)
    assert float(start.rpartition("=")[2]) < 0.7


def test_time_has_a_row_per_layer(experiment: Path, capsys: Capture) -> None:
    lines = run(capsys, "time", str(experiment), "--iterations", "3").splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["ip1", "ip1/tanh", "drop", "ip2", "loss"]
    assert lines[-1].startswith("whole pass")
    assert all(float(word) >= 0 for word in lines[-1].split()[2:])


def test_roofline_says_what_the_machine_allows(experiment: Path, capsys: Capture) -> None:
    limits = ("--peak", "0.001", "--bandwidth", "100")
    said, head, *lines = run(capsys, "time", str(experiment), "--iterations", "2", "--roofline", *limits).splitlines()
    assert "copies move 100 at 1 MiB" in said
    assert head.split()[:2] == ["layer", "pass"]
    rows = {tuple(line.split()[:2]): line.split()[2:] for line in lines}
    mflop, _, _, floor, *_ = rows["ip1", "forward"]
    assert (mflop, floor) == ("0.0", "1.280")  # 2 * 20 * 4 * 8 operations, a million a second
    assert ("SGD", "update") in rows
    assert [line.split()[:3] for line in lines[-3:-1]] == [["whole", "pass", way] for way in ("forward", "backward")]


def test_limits_without_a_roofline_are_refused(experiment: Path, capsys: Capture) -> None:
    assert "only --roofline looks at" in refused(capsys, "time", str(experiment), "--peak", "100")


def test_limits_must_be_above_zero(experiment: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["time", str(experiment), "--roofline", "--peak", "0"])
    assert "0 is not above 0" in capsys.readouterr().err


def test_summary_and_explain(experiment: Path, capsys: Capture) -> None:
    out = run(capsys, "summary", str(experiment), "--explain", "--phase", "test")
    assert "Net 'blobs-test'" in out
    assert "67 parameters" in out
    assert "MiB planned" in out


def test_summary_of_a_model_shows_its_notes(experiment: Path, capsys: Capture) -> None:
    run(capsys, "train", str(experiment))
    plain = read_snapshot("snapshots/snapshot-000060.h5")
    plain.notes = ModelNotes(licence="Free for all")
    write_snapshot("noted.h5", plain)
    assert "\nlicence: Free for all\n" in run(capsys, "summary", str(experiment), "--weights", "noted.h5")


def test_graph(experiment: Path, capsys: Capture) -> None:
    assert run(capsys, "graph", str(experiment)).startswith('digraph "blobs-train"')
    run(capsys, "graph", str(experiment), "--to", "net.dot")
    assert "SoftmaxLoss" in Path("net.dot").read_text()


def test_a_picture_is_drawn_by_graphviz(experiment: Path, capsys: Capture) -> None:
    told = refused(capsys, "graph", str(experiment), "--to", "net.svg")
    assert "write --to net.dot, then dot -Tsvg net.dot > net.svg" in told
    assert not Path("net.svg").exists()


def test_plugins_and_doctor(capsys: Capture) -> None:
    assert "mocha.backends" in run(capsys, "plugins")
    assert "default:" in run(capsys, "doctor")


def test_weights_that_do_not_exist(experiment: Path, capsys: Capture) -> None:
    assert "--weights no.h5: there is no such file" in refused(capsys, "test", str(experiment), "--weights", "no.h5")


def test_unknown_backend(experiment: Path, capsys: Capture) -> None:
    assert "'nonesuch'" in refused(capsys, "summary", str(experiment), "--backend", "nonesuch")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("[solver]", "[sovler]", "has a table or option 'sovler'; did you mean 'solver'"),
        ('type = "InnerProduct"\nname = "ip1"', 'type = "InerProduct"\nname = "ip1"', "layer 3 (ip1): .*InnerProduct"),
        ("output_dim = 8", "outputdim = 8", "layer 3 (ip1): .*no option 'outputdim'; did you mean 'output_dim'"),
        ("Neurons.Tanh()", "Neurons.Tan()", "did you mean 'Tanh'"),
        ("Neurons.Tanh()", "__import__('os').system('touch hacked')", "may hold numbers|nothing is called|no "),
        ("LRPolicy.Step(0.2, 0.5, 50)", "LRPolicy.Step(0.2, 0.5, ", "lr_policy"),
        ('source = "list.txt"\nbatch_size = 30', 'source = "none.txt"\nbatch_size = 30', "none.txt"),
        ("max_iter = 60", "max_itr = 60", "did you mean 'max_iter'"),
        ('type = "Snapshot"\ndirectory', 'type = "Snapshot"\ndirectry', "did you mean 'directory'"),
        ('name = "blobs"', "name = ", "is no TOML file"),
    ],
)
def test_mistakes_in_the_file(experiment: Path, capsys: Capture, old: str, new: str, text: str) -> None:
    assert old in experiment.read_text()
    experiment.write_text(experiment.read_text().replace(old, new))
    pattern = "|".join(re.escape(part).replace(r"\.\*", ".*") for part in text.split("|"))
    assert re.search(pattern, refused(capsys, "train", str(experiment)))
    assert not Path("hacked").exists()
    assert not Path("snapshots").exists()


def test_missing_file(capsys: Capture) -> None:
    assert "there is no experiment file nowhere.toml" in refused(capsys, "summary", "nowhere.toml")
