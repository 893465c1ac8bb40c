"""Which backend is opened, and that the choice is told."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_core.cli.main import main
from mocha_core.default_backend import DefaultBackend, survey
from mocha_core.errors import OptionError, PluginConflictError, PluginError
from tests.plugins.fakes import backend_source

GROUP = "mocha.backends"


@pytest.fixture
def offer(install):
    """`offer("name", priority=..., why=...)` installs a distribution of that name with one backend."""

    def offer(name: str, *, source: str | None = None, value: str = "Fake", **options: object) -> None:
        module = f"fake_{name}_backend"
        modules = {module: source or backend_source(name, **options)}
        install(f"dist-{name}", entries={GROUP: {name: f"{module}:{value}"}}, modules=modules)

    return offer


def test_named_backend_with_its_options(offer):
    offer("alpha")
    with DefaultBackend("alpha", seed=7) as backend:
        assert (backend.name, backend.seed) == ("alpha", 7)


def test_a_seed_is_a_whole_number():
    with DefaultBackend("cpu", seed=np.random.default_rng(0).integers(100)) as backend:
        assert type(backend.seed) is int
    for seed in ("7", 0.5, True, None):
        with pytest.raises(OptionError, match="seed is a whole number, not "):
            DefaultBackend("cpu", seed=seed)


def test_highest_priority_wins_whatever_the_order_of_the_path(only_fakes, offer):
    offer("high", priority=3)
    offer("low", priority=2)
    assert DefaultBackend().name == "high"
    assert [c.name for c in survey()] == ["high", "low"]


def test_unusable_is_passed_over_and_logged(only_fakes, offer, caplog):
    offer("best", priority=3, why="no such device here")
    offer("next", priority=2)
    with caplog.at_level(logging.INFO, logger="mocha"):
        assert DefaultBackend().name == "next"
    assert "backend next (dist-next 1.0)" in caplog.messages
    assert "backend best (dist-best 1.0) passed over: no such device here" in caplog.messages


def test_broken_backend_is_passed_over_with_a_warning(only_fakes, offer, caplog):
    offer("bad", source="import no_such_module_anywhere")
    offer("good", priority=1)
    with caplog.at_level(logging.INFO, logger="mocha"):
        assert DefaultBackend().name == "good"
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warned) == 1
    assert "bad (dist-bad 1.0) passed over" in warned[0]
    assert "no_such_module_anywhere" in warned[0]


def test_named_backend_that_cannot_work_is_an_error_with_its_reason(offer):
    offer("sleepy", why="the device sleeps")
    with pytest.raises(PluginError, match=r"'sleepy' \(dist-sleepy 1.0\) cannot be used here: the device sleeps"):
        DefaultBackend("sleepy")


def test_named_broken_backend_is_an_error(offer):
    offer("bad", source="1 / 0")
    with pytest.raises(PluginError, match=r"'bad' of dist-bad 1.0 is broken .*ZeroDivisionError"):
        DefaultBackend("bad")


def test_no_backend_installed_gives_the_line_to_type(only_fakes, install):
    install("mocha-core", metadata='Requires-Dist: mocha-fast; extra == "fast"\n')
    with pytest.raises(PluginError, match=r'no backend is installed.*pip install "mocha-core\[fast\]"'):
        DefaultBackend()


def test_no_usable_backend_gives_every_reason(only_fakes, offer):
    offer("one", why="reason one")
    offer("two", why="reason two")
    with pytest.raises(PluginError, match=r"reason one.*reason two"):
        DefaultBackend()


def test_equal_priorities_are_not_settled_in_silence(only_fakes, offer):
    offer("left", priority=5)
    offer("right", priority=5)
    with pytest.raises(PluginConflictError, match=r"choose: DefaultBackend\('left'\) or DefaultBackend\('right'\)"):
        DefaultBackend()


def test_two_owners_of_a_name_are_a_conflict_even_if_none_is_named(only_fakes, install):
    for dist in ("acme", "bcme"):
        modules = {f"{dist}_backend": backend_source("same")}
        install(dist, entries={GROUP: {"same": f"{dist}_backend:Fake"}}, modules=modules)
    with pytest.raises(PluginConflictError, match=r"acme 1.0.*bcme 1.0"):
        DefaultBackend()


def test_a_class_that_calls_itself_otherwise_is_broken(offer):
    offer("gamma", source=backend_source("delta"))
    with pytest.raises(PluginError, match="its class calls itself 'delta'"):
        DefaultBackend("gamma")


def test_what_is_no_backend_is_broken(offer):
    offer("gamma", source="Fake = dict")
    with pytest.raises(PluginError, match="no subclass of Backend"):
        DefaultBackend("gamma")


FAULTS = {
    "class without a name": ("name = 'gamma'", "", r"its class calls itself None"),
    "abstract class": ("def xp(self)", "def xq(self)", r"its class lacks xp"),
    "extends no tuple": (
        "priority = 900",
        "priority = 900; extends = 'cpu'",
        r"extends is a tuple of names of backends, not 'cpu'",
    ),
    "question that fails": ("return None", "raise OSError('libx.so missing')", r"OSError: libx\.so missing"),
    "constructor that fails": (
        "@property",
        "def __init__(self): raise RuntimeError('no such lock')\n\n    @property",
        "no such",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_package_is_named_and_spoils_nothing_for_others(fault, only_fakes, offer, caplog):
    before, after, told = FAULTS[fault]
    source = backend_source("gamma")
    assert before in source
    offer("gamma", source=source.replace(before, after))
    offer("good", priority=1)
    with pytest.raises(PluginError, match=rf"backend 'gamma' of dist-gamma 1\.0 is broken .*{told}"):
        DefaultBackend("gamma")
    assert DefaultBackend().name == "good"
    assert [r.getMessage() for r in caplog.records if "gamma" in r.getMessage() and r.levelno == logging.WARNING]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_doctor_tells_of_a_faulty_package_among_others(fault, offer, capsys):
    before, after, _ = FAULTS[fault]
    offer("gamma", source=backend_source("gamma").replace(before, after))
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "backend gamma (dist-gamma 1.0)" in told
    assert "is broken" in told
    assert "backend cpu" in told


def test_an_option_that_the_backend_does_not_have(offer):
    offer("alpha")
    with pytest.raises(OptionError, match=r"backend 'alpha' has no option 'sed'; did you mean 'seed'\?"):
        DefaultBackend("alpha", sed=7)


def test_what_a_backend_itself_refuses_is_told_as_it_is(only_fakes, offer):
    offer("alpha")
    with pytest.raises(OptionError, match="seed is a whole number"):
        DefaultBackend(seed="7")
