"""Every method, policies of every kind and the common solver parameters from an experiment file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core.cli.main import main
from mocha_core.io import load_statistics
from tests.solvers.running import METHODS

SGD = 'method = "SGD"\n'
MOMENTUM = 'mom_policy = "MomPolicy.Fixed(0.5)"\n'
RATE = '"LRPolicy.Step(0.2, 0.5, 50)"'
SUMMARY = 'type = "TrainingSummary"\n'


def change(experiment: Path, *pairs: tuple[str, str]) -> None:
    text = experiment.read_text()
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    experiment.write_text(text)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_every_method(experiment: Path, method: object) -> None:
    rate = f'"LRPolicy.Cosine({1.0 if "Ada" in repr(method) and "Adam" not in repr(method) else 0.05}, 60, warm_up=5)"'
    common = "iter_size = 2\nclip_gradients = 2.5\n"
    change(experiment, (SGD, f'method = "{type(method).__name__}"\n{common}'), (MOMENTUM, ""), (RATE, rate))
    assert main(("train", str(experiment))) == 0
    objective = load_statistics(Path("snapshots/statistics.h5"))["obj_val"]
    assert objective[60] < objective[0]


def test_a_rate_that_the_validation_steers(experiment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = "\"LRPolicy.DecayOnValidation(5.0, 'acc-accuracy', mode='max')\""
    change(
        experiment,
        (RATE, policy),
        ('type = "ValidationPerformance"\nevery_n_iter = 30', 'type = "ValidationPerformance"\nevery_n_iter = 3'),
        (f"{SUMMARY}every_n_iter = 20", f'{SUMMARY}names = ["learning_rate"]\nevery_n_iter = 1'),
    )
    assert main(("train", str(experiment))) == 0
    rates = load_statistics(Path("snapshots/statistics.h5"))["learning_rate"]
    assert rates[0] == 5.0
    assert rates[60] < 5.0


def test_a_rate_that_no_validation_steers(experiment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = "\"LRPolicy.Staged((3, LRPolicy.Fixed(0.1)), (1, LRPolicy.DecayOnValidation(0.1, 'acc', mode='max')))\""
    change(experiment, (RATE, policy), ('type = "ValidationPerformance"', SUMMARY))
    assert main(("train", str(experiment))) == 1
    assert "an experiment file needs a ValidationPerformance break" in capsys.readouterr().err
