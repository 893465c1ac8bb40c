"""A zoo: one of Caffe's nets with many layers side by side, rebuilt from our layers and run once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mocha_core import Backend, Layer, MemoryDataLayer, Net, ParameterStore, PowerLayer
from mocha_core.net.wiring import Trainable

from .dumps import Arrays, Host, number, read
from .given import GivenGradient


@dataclass(frozen=True)
class Caffe:
    """One folder of Caffe's results: what went in, and what came out."""

    inputs: Arrays
    dump: Arrays

    @classmethod
    def zoo(cls, shared: Path, name: str) -> Caffe:
        folder = shared / "oracles" / "caffe" / name
        return cls(read(folder / "input.h5"), read(folder / "dump_float64.h5"))

    def source(self, name: str) -> tuple[Layer, ...]:
        """Caffe's blob `name`: the input `<name>_in` times a number, so that it has a gradient."""
        inputs, gamma = self.inputs[f"{name}_in"], float(self.dump[f"params/{name}/0"])
        data = MemoryDataLayer(name=f"{name}_in", tops=[f"{name}_in"], data=[inputs], batch_size=len(inputs))
        return data, PowerLayer(name=name, scale=gamma, bottoms=[f"{name}_in"], tops=[name])

    def seeds(self, tops: Sequence[str]) -> tuple[Layer, ...]:
        """The gradients that Caffe put into its output blobs, for those of `tops` that it has."""
        given = [(top, self.dump.get(f"blob_diff/{top}")) for top in tops]
        return tuple(GivenGradient(name=f"d/{top}", bottoms=[top], gradient=g) for top, g in given if g is not None)


@dataclass(frozen=True)
class Results:
    """One step of our net: blobs, gradients of `sources`, and gradients of parameters by Caffe's names."""

    blobs: Arrays
    diffs: Arrays
    grads: Arrays


def run(backend: Backend, caffe: Caffe, layers: Sequence[Layer], sources: Sequence[str], extra: Arrays) -> Results:
    """Forward and backward on Caffe's inputs and parameters, with the gradients that Caffe put in.

    extra: values of parameters that Caffe does not have, like `<layer>/0`.
    """
    read_here = {bottom for layer in layers for bottom in layer.bottoms}
    tops = [top for layer in layers for top in layer.tops]
    given = [layer for name in sources for layer in caffe.source(name)]
    given += caffe.seeds([top for top in tops if top not in read_here])
    net = Net(
        "zoo",
        backend,
        [*given, *layers],
        dtype="float64",
        keep=[*tops],
        gradients=[*sources],
        parameters=ParameterStore(backend),
    )
    with net:
        load(net, {**caffe.dump, **{f"params/{name}": values for name, values in extra.items()}})
        net.forward_backward()
        return Results(
            blobs={top: net.blob(top).to_array() for top in tops},
            diffs={name: net.diff(name).to_array() for name in sources},
            grads=gradients(net.trainable),
        )


def load(net: Net, caffe: Arrays, prefix: str = "params") -> None:
    """Give every parameter Caffe's values."""
    for parameter in net.all_parameters:
        values = caffe[f"{prefix}/{parameter.key}/{number(parameter.spec.name)}"]
        parameter.load(values.reshape(parameter.blob.shape))


def gradients(trainable: Sequence[Trainable]) -> Arrays:
    """The gradients of the parameters by Caffe's names, like `ip/0`."""
    return {f"{t.parameter.key}/{number(t.parameter.spec.name)}": host(t) for t in trainable}


def host(trainable: Trainable) -> Host:
    return trainable.diff.to_array()


def ours_and_caffes(layer: Layer, ours: Results, caffe: Caffe) -> dict[str, tuple[Host, Host]]:
    """Values of the tops and gradients of the parameters of one layer, ours and Caffe's."""
    tops = {top: (ours.blobs[top], caffe.dump[f"blobs/{top}"]) for top in layer.tops}
    names = [f"{layer.name}/{k}" for k in (0, 1) if f"grad/{layer.name}/{k}" in caffe.dump]
    return tops | {name: (ours.grads[name], caffe.dump[f"grad/{name}"]) for name in names}


def of_caffe(layers: Sequence[Layer]) -> list[Layer]:
    """Those that Caffe has too; the others have a `/` in their name, which Caffe never uses."""
    return [layer for layer in layers if "/" not in layer.name]


def check_complete(caffe: Caffe, layers: Sequence[Layer], elsewhere: dict[str, str]) -> None:
    """Every blob that Caffe computed is one of ours or listed with a reason why not, and none is both."""
    computed = {name[6:] for name in caffe.dump if name.startswith("blobs/") and not name.endswith("_in")}
    built = {top for layer in of_caffe(layers) for top in layer.tops}
    listed = {name for names in elsewhere for name in names.split()}
    assert computed - built == listed
