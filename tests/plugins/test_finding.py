"""Classes by name: the core's own first, then those of packages."""

from __future__ import annotations

import pytest

from mocha_core.errors import PluginError
from mocha_core.io.expression import parse_spec
from mocha_core.io.names import find_spec
from mocha_core.neurons import ReLU
from mocha_core.plugins import find_initializer, find_layer, find_neuron
from mocha_core.plugins.finding import HOMES, find

BENT = """
from mocha_core.neurons import Neuron
from mocha_core.specs import spec

@spec
class Bent(Neuron):
    def forward(self, xp, x):
        return x
    def backward(self, xp, y, dy):
        return dy
"""


def test_core_names_come_first_and_need_no_package(install):
    install("acme", entries={"mocha.neurons": {"ReLU": "acme_gone:ReLU"}})
    assert find_neuron("ReLU") is ReLU


def test_the_kind_may_be_left_out():
    assert find_initializer("Xavier") is find_initializer("XavierInitializer")


def test_names_of_packages(install):
    install("acme", entries={"mocha.neurons": {"Bent": "acme_bent:Bent"}}, modules={"acme_bent": BENT})
    assert find_neuron("Bent").__name__ == "Bent"


def test_near_names_of_core_and_packages_are_suggested(install):
    install("acme", entries={"mocha.neurons": {"Bent": "acme_bent:Bent"}}, modules={"acme_bent": BENT})
    with pytest.raises(PluginError, match=r"no neuron 'ReLu'; did you mean 'ReLU'\?"):
        find_neuron("ReLu")
    with pytest.raises(PluginError, match=r"no neuron 'Bend'; did you mean 'Bent'\?; installed: Bent \(acme 1.0\)"):
        find_neuron("Bend")


def test_an_object_of_another_kind_is_a_broken_package(install):
    install("acme", entries={"mocha.layers": {"Bent": "acme_bent:Bent"}}, modules={"acme_bent": BENT})
    with pytest.raises(PluginError, match=r"acme 1.0 is broken.*no subclass of Layer"):
        find_layer("Bent")


def test_abstract_bases_are_not_offered():
    with pytest.raises(PluginError):
        find_neuron("Neuron")


@pytest.mark.parametrize("group", HOMES)
def test_every_group_has_classes_of_its_own(group):
    with pytest.raises(PluginError, match=r"there is no .*(known are|did you mean)"):
        find(group, "qqq")


COSINE = """
from mocha_core.solvers import Policy
from mocha_core.specs import spec

@spec
class Cosine(Policy):
    base: float

    def __call__(self, iteration):
        return self.base
"""


def test_files_name_policies_of_packages(install):
    install("acme", entries={"mocha.policies": {"Cosine": "acme_cosine:Cosine"}}, modules={"acme_cosine": COSINE})
    assert parse_spec("Cosine(0.5)", find_spec)(3) == 0.5


def test_files_hear_of_a_broken_package_whatever_its_kind(install):
    install("acme", entries={"mocha.initializers": {"Boom": "acme_gone:Boom"}})
    with pytest.raises(PluginError, match=r"initializer 'Boom' of acme 1\.0 is broken .*acme_gone"):
        find_spec("Boom")
