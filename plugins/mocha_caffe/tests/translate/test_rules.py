"""Which layers take part: phases, levels, stages."""

from __future__ import annotations

import pytest

from mocha_core import OptionError, TopologyError

from .texts import DATA, layer, model


def taking_part(rule: str, net: str = "", **settings: object) -> bool:
    found = model(net + DATA + layer("extra", "Power", "data", "", rule), **settings)
    return "extra" in [each.name for each in found.layers]


@pytest.mark.parametrize(
    ("rule", "settings", "expected"),
    [
        ("", {}, True),
        ("include { phase: TRAIN }", {}, False),
        ("include { phase: TRAIN }", {"phase": "train"}, True),
        ("exclude { phase: TEST }", {}, False),
        ("include { phase: TRAIN } include { phase: TEST }", {}, True),
        ('include { stage: "deploy" }', {}, False),
        ('include { stage: "deploy" }', {"stages": ["deploy"]}, True),
        ('include { not_stage: "deploy" }', {"stages": ["deploy"]}, False),
        ('include { stage: "a" stage: "b" }', {"stages": ["a"]}, False),
        ('include { stage: "a" stage: "b" }', {"stages": ["a", "b", "c"]}, True),
        ("include { min_level: 2 }", {"level": 1}, False),
        ("include { min_level: 1 max_level: 2 }", {"level": 2}, True),
        ("exclude { max_level: 0 }", {}, False),
    ],
)
def test_rules(rule, settings, expected):
    assert taking_part(rule, **settings) is expected


def test_the_nets_own_state_counts():
    assert taking_part('include { stage: "deploy" }', 'state { stage: "deploy" }\n')


def test_include_and_exclude_together_are_refused():
    with pytest.raises(TopologyError, match=r"net\.prototxt:2:1: layer 'extra' has both include and exclude"):
        taking_part("include { phase: TEST } exclude { phase: TRAIN }")


def test_one_name_in_two_phases():
    data = (
        'layer {{ name: "data" type: "Input" top: "data" include {{ phase: {} }} '
        "input_param {{ shape {{ dim: {} dim: 3 }} }} }}\n"
    )
    text = data.format("TRAIN", 64) + data.format("TEST", 100)
    for phase, size in (("train", 64), ("test", 100)):
        assert model(text, phase=phase).layers[0].shapes == ((size, 3),)


def test_a_blob_of_the_other_phase_is_explained():
    data = DATA.replace("input_param", "include { phase: TRAIN } input_param")
    with pytest.raises(TopologyError, match=r"layer 'data' would, but takes no part in this phase; .* shapes="):
        model(data + layer("a", "Power", "data"))


def test_an_unknown_setting_is_explained():
    with pytest.raises(OptionError, match="has no option 'stage'; did you mean 'stages'"):
        model(DATA, stage="deploy")
