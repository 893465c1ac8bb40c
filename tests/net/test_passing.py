"""What a backend that runs several layers as one must know, and can ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mocha_core import InnerProductLayer, MemoryDataLayer, Net, NeuronLayer, Neurons, PowerLayer
from mocha_core.backend import Backend
from mocha_core.kernel import Choice, Site
from mocha_core.layer import Layer
from mocha_core.testing.backends import ReferenceBackend

from .nets import classifier, data, samples


class Holding(ReferenceBackend):
    """Notes what it is told; `ip1` holds its bottoms for three layers more."""

    def choose_all(self, sites: Sequence[Site]) -> list[Choice]:
        self.passing = {site.layer.name: site.passing for site in sites}
        choices = super().choose_all(sites)
        return [replace(c, holds=3 if s.layer.name == "ip1" else 0) for s, c in zip(sites, choices, strict=True)]


def net(backend: Backend, keep: Sequence[str] = ()) -> Net:
    data = MemoryDataLayer(name="data", data=[samples()[0]], tops=["data"], batch_size=4)
    chain = [_product(f"ip{k}", f"ip{k - 1}" if k > 1 else "data") for k in (1, 2, 3)]
    neuron = NeuronLayer(name="relu", bottoms=["ip2"], neuron=Neurons.ReLU())
    return Net(
        "n",
        backend,
        [data, *chain[:2], neuron, chain[2], _product("left", "ip3"), _product("right", "ip3")],
        phase="test",
        keep=keep,
    )


def _product(name: str, bottom: str) -> Layer:
    return InnerProductLayer(name=name, output_dim=5, bottoms=[bottom], tops=[name])


def test_a_blob_with_one_reader_passes_on() -> None:
    backend = Holding()
    net(backend)
    once = dict.fromkeys(("data", "ip1", "ip2", "relu"), (True,))
    assert backend.passing == {**once, "ip3": (False,), "left": (False,), "right": (False,)}


def test_of_a_blob_that_is_kept_the_last_version_does_not() -> None:
    backend = Holding()
    net(backend, keep=["ip2"])
    assert backend.passing["ip2"] == (True,)
    assert backend.passing["relu"] == (False,)


def test_a_loss_does_not() -> None:
    """The net reads it after the step."""
    backend = Holding()
    twice = PowerLayer(name="twice", scale=2, bottoms=["loss"], tops=["twice"])
    Net("n", backend, [data(), *classifier(), twice])
    assert backend.passing["loss"] == (False,)
    assert backend.passing["ip2"] == (True,)


def test_bottoms_live_as_long_as_they_are_held() -> None:
    held, plain = (net(backend)._built for backend in (Holding(), ReferenceBackend()))
    ends = [built.lives.slots[built.lives.values["data", 0]].last for built in (held, plain)]
    assert ends == [4, 1]
