"""One of Caffe's nets, translated, on Caffe's own weights and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mocha_caffe.formats import read_net
from mocha_caffe.layers import WeightedSumLayer
from mocha_caffe.translate import Model, Settings, translate
from mocha_caffe.weights import give
from mocha_core import Backend, DropoutLayer, Layer, Net, ParameterStore
from tests.oracles.dumps import Arrays, read
from tests.oracles.given import GivenGradient


@dataclass
class Zoo:
    """The model, and what Caffe computed."""

    folder: Path
    model: Model
    caffe: Arrays


def open_zoo(folder: Path, dump: str = "dump_float64.h5") -> Zoo:
    """The net in a folder, in the test phase."""
    (path,) = [p for p in folder.glob("*.prototxt") if p.stem in ("net", "deploy")]
    net = read_net(path).net
    return Zoo(folder, translate(net, Settings(), folder=folder), read(folder / dump))


def run(backend: Backend, zoo: Zoo, weights: str, gradients: bool = False) -> Net:
    """One pass, and back from the gradients that Caffe put into the blobs that nobody reads."""
    layers = [layer for layer in zoo.model.layers if not isinstance(layer, WeightedSumLayer)]
    if gradients:  # Caffe runs back in the test phase, too
        tested = [layer.in_phase("test") if isinstance(layer, DropoutLayer) else layer for layer in layers]
        layers = [layer for layer in tested if layer is not None]
        layers += seeds(zoo, layers)
    net = Net(
        "zoo",
        backend,
        layers,
        phase="train" if gradients else "test",
        dtype="float64",
        keep="all",
        gradients=[n for n in zoo.model.inputs if _is_read(n, layers)] if gradients else (),
        parameters=ParameterStore(backend),
    )
    give(net, zoo.model, zoo.folder / weights)
    inputs = read(zoo.folder / "input.h5")
    for name in zoo.model.inputs:
        net.blob(name).set(inputs[name])
    if gradients:
        net.forward_backward()
    else:
        net.forward()
    return net


def seeds(zoo: Zoo, layers: list[Layer]) -> list[Layer]:
    """Losses whose gradients are those that Caffe put in."""
    found = []
    for name, ours in zoo.model.blobs.items():
        put_in = zoo.caffe.get(f"blob_diff/{name}")
        if put_in is not None and not _is_read(ours, layers):
            found.append(GivenGradient(name=f"d/{name}", bottoms=[ours], gradient=put_in))
    return found


def values(net: Net, zoo: Zoo) -> dict[str, tuple[object, object]]:
    """Ours and Caffe's value of every blob that both have."""
    both = {name: ours for name, ours in zoo.model.blobs.items() if f"blobs/{name}" in zoo.caffe}
    return {name: (net.blob(ours).to_array(), zoo.caffe[f"blobs/{name}"]) for name, ours in both.items()}


def parameter_gradients(net: Net, zoo: Zoo) -> dict[str, tuple[object, object]]:
    """Ours and Caffe's gradient of every parameter, in Caffe's shape."""
    ours = {t.parameter.path: t.diff.to_array() for t in net.trainable}
    found = {}
    for name, step in zoo.model.step_of().items():
        for index, place in enumerate(step.places):
            path = f"{place.key}___{place.param.name}"
            if path in ours:
                caffe = zoo.caffe[f"grad/{name}/{index}"]
                found[f"{name}/{index}"] = (ours[path].T if place.swapped else ours[path], caffe)
    return found


def _is_read(name: str, layers: list[Layer]) -> bool:
    return any(name in layer.bottoms for layer in layers)
