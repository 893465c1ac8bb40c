"""The list that `mocha plugins` shows."""

from __future__ import annotations

import sys

import pytest

from mocha_core.plugins import installed, load


def states(group: str) -> dict[str, str]:
    return {line.name: line.state for line in installed() if line.group == group}


def test_every_offer_with_its_owner(install):
    install("acme", "1.2", entries={"mocha.neurons": {"Bent": "acme_bent:Bent"}}, modules={"acme_bent": "Bent = 1"})
    line = next(line for line in installed() if line.name == "Bent")
    assert (line.group, line.distribution, line.version) == ("mocha.neurons", "acme", "1.2")


def test_states_without_importing(install):
    names = {"Good": "acme_good:X", "Gone": "acme_gone:X", "Both": "acme_good:X"}
    install("acme", entries={"mocha.layers": names}, modules={"acme_good": "X = 1"})
    install("bcme", "2.0", entries={"mocha.layers": {"Twin": "acme_good:X"}})
    found = states("mocha.layers")
    assert found["Good"] == "ready"
    assert found["Gone"] == "broken: no package 'acme_gone'"
    assert "acme_good" not in sys.modules
    load("mocha.layers", "Good")
    assert states("mocha.layers")["Good"] == "loaded"


def test_two_owners_are_shown_as_a_conflict(install):
    for dist in ("acme", "bcme"):
        install(dist, entries={"mocha.layers": {"Same": f"{dist}_m:X"}}, modules={f"{dist}_m": "X = 1"})
    both = {line.distribution: line.state for line in installed() if line.name == "Same"}
    assert both == {"acme": "conflict with bcme 1.0", "bcme": "conflict with acme 1.0"}


def test_many_packages_may_offer_kernels_under_one_name(install):
    for dist in ("acme", "bcme"):
        install(dist, entries={"mocha.kernels": {"host": f"{dist}_m"}}, modules={f"{dist}_m": ""})
    install("host", entries={"mocha.backends": {"host": "host_m:Host"}}, modules={"host_m": "Host = 1"})
    assert [line.state for line in installed() if line.name == "host"] == ["ready"] * 3


def test_a_group_that_nobody_asks(install):
    entries = {"mocha.layer": {"Bent": "acme_m:X"}, "acme.layer": {"Other": "acme_m:X"}}
    install("acme", entries=entries, modules={"acme_m": "X = 1"})
    assert states("mocha.layer") == {
        "Bent": "never asked: there is no group 'mocha.layer'; did you mean 'mocha.layers'?"
    }
    assert states("acme.layer") == {}


def test_kernels_for_a_backend_that_nobody_offers(install):
    names = {"cpuu": "acme_m", "cuda13": "acme_m"}
    install("acme", entries={"mocha.kernels": names}, modules={"acme_m": ""})
    found = states("mocha.kernels")
    assert found["cpuu"] == "never asked: no backend 'cpuu' is installed; did you mean 'cpu'?"
    assert found["cuda13"].startswith("never asked: no backend 'cuda13' is installed; ")
    assert found["cpu"] in ("ready", "loaded")


@pytest.mark.parametrize(
    ("group", "name"), [("mocha.layers", "InnerProduct"), ("mocha.layers", "PoolingLayer"), ("mocha.neurons", "ReLU")]
)
def test_a_name_that_the_core_has(install, group, name):
    install("acme", entries={group: {name: "acme_m:X", "Bent": "acme_m:X"}}, modules={"acme_m": "X = 1"})
    found = states(group)
    assert found[name] == f"never found: mocha-core has a {name!r} of its own"
    assert found["Bent"] == "ready"
