"""One name, one object."""

from __future__ import annotations

import sys

import pytest

from mocha_core.errors import MochaError, PluginConflictError, PluginError
from mocha_core.plugins import load, load_all

GROUP = "mocha.layers"
EXTRAS = """\
Provides-Extra: fast
Provides-Extra: gpu13
Provides-Extra: everything
Provides-Extra: plot
Requires-Dist: mocha-fast; extra == "fast"
Requires-Dist: mocha-gpu[gpu13]; extra == "gpu13"
Requires-Dist: mocha-fast; extra == "everything"
Requires-Dist: mocha-gpu; extra == "everything"
Requires-Dist: matplotlib>=3.8; extra == "plot"
"""


def test_loads_the_object(install):
    install("acme", entries={GROUP: {"Thing": "acme_thing:THING"}}, modules={"acme_thing": "THING = 'the thing'"})
    assert load(GROUP, "Thing") == "the thing"


def test_is_not_imported_before_it_is_asked_for(install):
    modules = {"acme_one": "X = 1", "acme_two": "raise RuntimeError('must not be imported')"}
    install("acme", entries={GROUP: {"One": "acme_one:X", "Two": "acme_two:X"}}, modules=modules)
    assert load(GROUP, "One") == 1
    assert "acme_two" not in sys.modules


def test_unknown_name_lists_what_is_installed(install):
    install("acme", "2.1", entries={GROUP: {"Thing": "acme_thing:THING"}})
    said = r"no layer 'Thong'; did you mean 'Thing'\?; installed: .*\bThing \(acme 2.1\)"
    with pytest.raises(PluginError, match=said):
        load(GROUP, "Thong")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("fast", r'install it with: pip install "mocha-core\[fast\]"$'),
        ("gpu", r'install it with: pip install "mocha-core\[gpu13\]"$'),
        ("zzz", r'packages of Mocha: pip install "mocha-core\[fast\]" \(likewise gpu13\)$'),
    ],
)
def test_unknown_name_says_which_extra_to_install(only_fakes, install, name, line):
    install("mocha-core", "9.9", metadata=EXTRAS)
    with pytest.raises(PluginError, match=line):
        load("mocha.backends", name)


def test_two_owners_are_a_conflict(install):
    install("acme", "1.0", entries={GROUP: {"Thing": "acme_thing:X"}}, modules={"acme_thing": "X = 1"})
    install("bcme", "2.0", entries={GROUP: {"Thing": "bcme_thing:X"}}, modules={"bcme_thing": "X = 2"})
    with pytest.raises(PluginConflictError, match=r"'Thing' is claimed by acme 1.0 .* and bcme 2.0") as caught:
        load(GROUP, "Thing")
    assert "pip uninstall acme or pip uninstall bcme" in str(caught.value)
    assert not {"acme_thing", "bcme_thing"} & set(sys.modules)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("raise ValueError('boom')", "ValueError: boom"),
        ("Y = 1", "AttributeError: .*has no attribute 'X'"),
        ("def", "SyntaxError: "),
    ],
)
def test_broken_package_is_named_with_version_and_cause(install, source, cause):
    install("acme", "3.2", entries={GROUP: {"Thing": "acme_thing:X"}}, modules={"acme_thing": source})
    with pytest.raises(PluginError, match=rf"'Thing' of acme 3.2 is broken \(acme_thing:X: {cause}") as caught:
        load(GROUP, "Thing")
    assert isinstance(caught.value, MochaError)
    assert isinstance(caught.value, ImportError)


def test_one_broken_package_does_not_hide_the_others(install):
    group = "mocha.commands"
    install("acme", entries={group: {"aaa": "acme_bad:X", "zzz": "acme_good:X"}}, modules={"acme_good": "X = 5"})
    found = {offer.name: value for offer, value in load_all(group)}
    assert found["zzz"] == 5
    assert isinstance(found["aaa"], PluginError)
