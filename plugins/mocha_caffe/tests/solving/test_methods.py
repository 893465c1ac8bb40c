"""Types of solvers and their fields."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import parse_text, upgrade_solver
from mocha_caffe.solving.methods import parameters_of
from mocha_core import SGD, Adadelta, Adagrad, Adam, MochaError, MomPolicy, Nesterov, OptionError, RMSProp

COMMON = 'base_lr: 0.01 lr_policy: "fixed" max_iter: 10 '


def f32(value: float) -> float:
    return float(np.float32(value))


def params(text: str):
    return parameters_of(upgrade_solver(parse_text(COMMON + text, "SolverParameter", name="solver.prototxt")))


TYPES = [
    ('type: "SGD" momentum: 0.9', SGD(), {"mom_policy": MomPolicy.Fixed(f32(0.9))}),
    ('type: "Nesterov" momentum: 0.9', Nesterov(), {"mom_policy": MomPolicy.Fixed(f32(0.9))}),
    ('type: "AdaGrad" delta: 1e-6', Adagrad(), {"gamma": 1.0, "epsilon": f32(1e-6)}),
    ('type: "RMSProp" rms_decay: 0.98', RMSProp(), {"rho": f32(0.98), "epsilon": f32(1e-8)}),
    ('type: "AdaDelta" momentum: 0.95 delta: 1e-6', Adadelta(), {"rho": f32(0.95), "eps": f32(1e-6)}),
    ('type: "Adam" momentum: 0.9', Adam(), {"beta1": f32(0.9), "beta2": f32(0.999), "epsilon": f32(1e-8)}),
    ("solver_type: ADAGRAD", Adagrad(), {"epsilon": f32(1e-8)}),
]


@pytest.mark.parametrize(("text", "method", "options"), TYPES)
def test_every_type(text, method, options):
    found = params(text)
    assert found.method == method
    assert {name: found[name] for name in options} == options


def test_common_fields_and_their_defaults():
    found = params("weight_decay: 0.0005 clip_gradients: 35 iter_size: 4")
    assert (found["regu_coef"], found["clip_gradients"], found["iter_size"]) == (f32(0.0005), 35.0, 4)
    plain = params("")
    assert (plain.method, plain["regu_coef"], plain["clip_gradients"], plain["iter_size"]) == (SGD(), 0.0, None, 1)
    assert plain["mom_policy"] == MomPolicy.Fixed(0.0)
    assert plain["max_iter"] == 10


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('type: "SDG"', r"'SDG' is no type of solver; known are SGD, Nesterov"),
        ('type: "AdaGrad" momentum: 0.9', "momentum cannot be used with AdaGrad"),
        ('type: "RMSProp" momentum: 0.9', "momentum cannot be used with RMSProp"),
        ('type: "Adam" momentum: 1.5', "beta1 is at least 0 and below 1"),
        ("iter_size: 0", "iter_size is a number of batches"),
    ],
)
def test_what_caffe_refuses_names_the_file(text, fault):
    with pytest.raises(MochaError, match=rf"solver\.prototxt.*{fault}"):
        params(text)


@pytest.mark.parametrize("name", ["base_lr", "lr_policy", "max_iter"])
def test_a_field_that_is_missing(name):
    text = " ".join(part for part in ("base_lr:0.01", 'lr_policy:"fixed"', "max_iter:10") if not part.startswith(name))
    with pytest.raises(OptionError, match=rf"the solver has no {name}; add a line such as {name}:"):
        parameters_of(parse_text(text, "SolverParameter", name="solver.prototxt"))
