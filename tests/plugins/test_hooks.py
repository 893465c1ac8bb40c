"""What packages answer when a backend opens, and what happens when one of them is broken."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import pytest

from mocha_core.choosing import choose_kernel
from mocha_core.default_backend import DefaultBackend
from mocha_core.errors import PluginConflictError, PluginError
from mocha_core.plugins import PluginWarning
from tests.plugins.fakes import backend_source, kernels_source
from tests.plugins.probe import Probe

KERNELS = "mocha.kernels"
OPS = "from mocha_core.hookspecs import hookimpl\n@hookimpl\ndef mocha_ops(backend):\n    return {{'gemm': {body!r}}}\n"
BAD_HOOK = "from mocha_core.hookspecs import hookimpl\n@hookimpl\ndef {name}({args}):\n    {body}\n"
BINDING = (
    "from mocha_core.kernel import Binding, Kernel\nfrom tests.plugins.probe import Probe\n"
    "class K(Kernel): pass\n" + BAD_HOOK.format(name="mocha_kernels", args="backend", body="return [Binding({})]")
)


@pytest.fixture
def host(install):
    """A backend "host" that works."""
    entries = {"mocha.backends": {"host": "host_backend:Fake"}}
    install("host", "1.0", entries=entries, modules={"host_backend": backend_source("host")})


@pytest.fixture
def extra(install, host):
    """`extra("acme", source)` installs a package with hooks for the backend "host"."""

    def extra(dist: str, source: str, version: str = "1.0") -> None:
        module = f"{dist}_hooks"
        install(dist, version, entries={KERNELS: {"host": module}}, modules={module: source})

    return extra


def test_kernels_of_several_packages_are_offered(extra):
    extra("acme", kernels_source(rank=1))
    extra("bcme", kernels_source(rank=2))
    labels = [b.label() for b in DefaultBackend("host").registry.candidates(Probe(name="p"))]
    assert labels == ["bcme_hooks.ProbeKernel", "acme_hooks.ProbeKernel"]


def test_kernels_for_another_backend_are_not_asked(install, host):
    install("acme", entries={KERNELS: {"other": "acme_hooks"}}, modules={"acme_hooks": "raise RuntimeError"})
    assert DefaultBackend("host").registry.candidates(Probe(name="p")) == ()


def test_a_backend_that_extends_another_is_offered_its_kernels_after_its_own(install, extra):
    source = backend_source("child").replace("priority", "extends = ('host',)\n    priority")
    entries = {"mocha.backends": {"child": "child_backend:Fake"}, KERNELS: {"child": "child_hooks"}}
    install("child", entries=entries, modules={"child_backend": source, "child_hooks": kernels_source(rank=0)})
    extra("acme", kernels_source(rank=9))
    labels = [b.label() for b in DefaultBackend("child").registry.candidates(Probe(name="p"))]
    assert labels == ["child_hooks.ProbeKernel", "acme_hooks.ProbeKernel"]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import no_such_module_anywhere", id="import fails"),
        pytest.param(BAD_HOOK.format(name="mocha_kernels", args="backend", body="1 / 0"), id="hook raises"),
        pytest.param(BAD_HOOK.format(name="mocha_kernels", args="backend", body="return [1]"), id="no binding"),
        pytest.param(BAD_HOOK.format(name="mocha_kernels", args="backend", body="return 1"), id="no list"),
        pytest.param(BINDING.format("int, K"), id="kernel for no spec"),
        pytest.param(BINDING.format("Probe, int"), id="kernel of no kernel class"),
        pytest.param(BINDING.format("Probe, K"), id="kernel without forward"),
        pytest.param(BAD_HOOK.format(name="mocha_passes", args="backend", body="return [7]"), id="no pass"),
        pytest.param("def mocha_kernels(backend):\n    return []\n", id="without hookimpl"),
        pytest.param(BAD_HOOK.format(name="mocha_kernals", args="backend", body="return []"), id="unknown hook"),
        pytest.param(BAD_HOOK.format(name="mocha_ops", args="wrong", body="return {}"), id="wrong argument"),
    ],
)
def test_broken_extra_kernels_warn_or_fail_when_strict(extra, monkeypatch, source):
    extra("acme", source, version="4.5")
    extra("bcme", kernels_source())
    monkeypatch.setenv("MOCHA_STRICT_PLUGINS", "0")
    with pytest.warns(PluginWarning, match=r"acme 4\.5 is broken .*going on without its kernels"):
        backend = DefaultBackend("host")
    assert len(backend.registry.candidates(Probe(name="p"))) == 1
    monkeypatch.setenv("MOCHA_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match=r"acme 4\.5 is broken"):
        DefaultBackend("host")


def test_a_backend_whose_own_kernels_are_broken_does_not_open(install, monkeypatch):
    monkeypatch.delenv("MOCHA_STRICT_PLUGINS", raising=False)
    entries = {"mocha.backends": {"host": "host_all:Fake"}, KERNELS: {"host": "host_all"}}
    source = backend_source("host") + BAD_HOOK.format(name="mocha_kernels", args="backend", body="1 / 0")
    install("host", "6.0", entries=entries, modules={"host_all": source})
    with pytest.raises(PluginError, match=r"host 6\.0 is broken .*ZeroDivisionError"):
        DefaultBackend("host")


def test_a_sound_package_gives_no_warning(extra):
    extra("acme", kernels_source())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DefaultBackend("host")


def test_equal_ranks_name_both_packages_and_prefer_settles_it(extra):
    extra("acme", kernels_source())
    extra("bcme", kernels_source())
    with pytest.raises(PluginConflictError, match=r"acme_hooks.*bcme_hooks.*prefer=\['acme_hooks'\]"):
        DefaultBackend("host").registry.candidates(Probe(name="p"))
    chosen = DefaultBackend("host", prefer=["bcme_hooks"]).registry.candidates(Probe(name="p"))
    assert [b.label().partition(".")[0] for b in chosen] == ["bcme_hooks", "acme_hooks"]


def test_two_bodies_of_one_primitive_are_a_conflict_and_prefer_settles_it(extra):
    extra("acme", OPS.format(body="of acme"))
    extra("bcme", OPS.format(body="of bcme"))
    with pytest.raises(PluginConflictError, match=r"acme 1.0 and bcme 1.0 both replace the primitive 'gemm'"):
        DefaultBackend("host")
    assert DefaultBackend("host", prefer=["bcme_hooks"]).registry.ops == {"gemm": "of bcme"}


def test_passes_and_reports_come_in_the_order_of_the_distributions(extra):
    hooks = (
        "from mocha_core.hookspecs import hookimpl\n"
        "@hookimpl\ndef mocha_passes(backend):\n    return [{0}]\n"
        "@hookimpl\ndef mocha_report(backend):\n    return {0!r}\n"
    )
    extra("bcme", hooks.format("bin"))
    extra("acme", hooks.format("abs"))
    registry = DefaultBackend("host").registry
    assert registry.passes == (abs, bin)
    assert registry.reports == ("abs", "bin")


def test_a_kernel_that_gives_no_answer_is_named(extra):
    forgetful = kernels_source().replace("def __init__", "accepts = classmethod(lambda *_: None)\n    def __init__")
    extra("acme", forgetful)
    site = SimpleNamespace(layer=Probe(name="p"))
    with pytest.raises(PluginError, match=r"acme_hooks\.ProbeKernel\.accepts gave None; it returns Accept"):
        choose_kernel(DefaultBackend("host"), site)
