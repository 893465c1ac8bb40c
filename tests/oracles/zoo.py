"""A zoo: one of Caffe's nets with many layers side by side, rebuilt from our layers and run once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mocha_core import Backend, BatchNormLayer, Layer, MemoryDataLayer, Net, ParameterStore

from .dumps import Arrays, Host, read
from .given import GivenGradient


@dataclass(frozen=True)
class Results:
    """One step of our net: blobs, losses by layer, gradients of its sources, and of parameters by Caffe's names."""

    blobs: Arrays
    losses: dict[str, float]
    diffs: Arrays
    grads: Arrays


def caffe_zoo(shared: Path, name: str) -> Arrays:
    """Everything that Caffe computed for this zoo."""
    return read(shared / "oracles" / "caffe" / name / "dump_float64.h5")


def run(
    backend: Backend,
    caffe: Arrays,
    layers: Sequence[Layer],
    sources: Sequence[str],
    constants: Sequence[str] = (),
    extra: Arrays | None = None,
    keep: bool = True,
) -> Results:
    """Forward and backward on Caffe's blobs `sources` and parameters, with the gradients that Caffe put in.

    constants: more of Caffe's blobs, that have no gradient (labels).
    extra: values of parameters that Caffe does not have, like `<layer>/0`.
    keep: whether all tops are kept; if not, their memory is shared, and only gradients come back.
    """
    read_here = {bottom for layer in layers if not layer.in_place for bottom in layer.bottoms}
    tops = [top for layer in layers for top in layer.tops]
    given = [source(caffe, name) for name in (*sources, *constants)]
    given += seeds(caffe, [top for top in tops if top not in read_here])
    net = Net(
        "zoo",
        backend,
        [*given, *layers],
        dtype="float64",
        keep=tops if keep else (),
        gradients=sources,
        parameters=ParameterStore(backend),
    )
    with net:
        load(net, caffe | {f"params/{name}": values for name, values in (extra or {}).items()})
        net.forward_backward()
        blobs = {top: net.blob(top).to_array() for top in tops if keep}
        diffs = {name: net.diff(name).to_array() for name in sources}
        return Results(blobs, net.losses(), diffs, gradients(net))


def source(caffe: Arrays, name: str) -> Layer:
    """Caffe's blob of that name as data."""
    values = caffe[f"blobs/{name}"]
    return MemoryDataLayer(name=name, tops=[name], data=[values], batch_size=len(values))


def seeds(caffe: Arrays, tops: Sequence[str]) -> list[Layer]:
    """The gradients that Caffe put into its output blobs, for those of `tops` that it has."""
    given = [(top, caffe.get(f"blob_diff/{top}")) for top in tops]
    return [GivenGradient(name=f"d/{top}", bottoms=[top], gradient=dy) for top, dy in given if dy is not None]


def load(net: Net, caffe: Arrays, prefix: str = "params") -> None:
    """Give every parameter Caffe's values."""
    names = numbered(net)
    for parameter in net.all_parameters:
        values = caffe[f"{prefix}/{names[parameter.path]}"]
        parameter.load(values.reshape(parameter.blob.shape))


def gradients(net: Net) -> Arrays:
    """The gradients of the parameters by Caffe's names, like `ip/0`."""
    names = numbered(net)
    return {names[t.parameter.path]: t.diff.to_array() for t in net.trainable}


def numbered(net: Net) -> dict[str, str]:
    """Caffe's name for the parameter of each path: its layer, and its number there, as in ours."""
    keys = [parameter.key for parameter in net.all_parameters]
    return {p.path: f"{p.key}/{keys[:k].count(p.key)}" for k, p in enumerate(net.all_parameters)}


def ours_and_caffes(layer: Layer, ours: Results, caffe: Arrays) -> dict[str, tuple[Host, Host]]:
    """Values of the tops and gradients of the parameters of one layer, ours and Caffe's.

    The averages of BatchNorm are parameters that Caffe gives a gradient of zeros.
    """
    tops = {top: (ours.blobs[top], caffe[f"blobs/{top}"]) for top in layer.tops}
    trained = not isinstance(layer, BatchNormLayer)
    names = [f"{layer.name}/{k}" for k in (0, 1) if trained and f"grad/{layer.name}/{k}" in caffe]
    return tops | {name: (ours.grads[name], caffe[f"grad/{name}"]) for name in names}


def of_caffe(layers: Sequence[Layer]) -> list[Layer]:
    """Those that Caffe has too; the others have a `/` in their name, which Caffe never uses."""
    return [layer for layer in layers if "/" not in layer.name]


def check_complete(caffe: Arrays, layers: Sequence[Layer], elsewhere: dict[str, str]) -> None:
    """Every blob that Caffe computed is one of ours or listed with a reason why not, and none is both."""
    computed = {name[6:] for name in caffe if name.startswith("blobs/") and not name.endswith("_in")}
    built = {top for layer in of_caffe(layers) for top in layer.tops}
    listed = {name for names in elsewhere for name in names.split()}
    assert computed - built == listed
