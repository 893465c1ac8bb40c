"""Caffe's two small trainings from our layers, and the record of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mocha_core import (
    SGD,
    Backend,
    ConvolutionLayer,
    HDF5DataLayer,
    InnerProductLayer,
    Layer,
    LRPolicy,
    MomPolicy,
    Net,
    Neurons,
    NoRegu,
    ParameterStore,
    PoolingLayer,
    Regularizer,
    SoftmaxLossLayer,
    Solver,
    make_solver_parameters,
)
from mocha_core.solvers import SolverMethod, SolverState, finalize_solve, init_solve, onestep_solve

from .dumps import Arrays, Host, f32, number
from .zoo import load


def data(folder: Path, place: Path, batch_size: int) -> Layer:
    """Caffe's training data in file order, through a list file written to `place`."""
    source = place / "train.txt"
    source.write_text(f"{folder / 'train.h5'}\n")
    return HDF5DataLayer(name="data", source=str(source), batch_size=batch_size)


def conv(name: str, bottom: str, n_filter: int, regu: Regularizer, **options: object) -> Layer:
    options |= {"kernel": 5, "filter_regu": regu, "bias_regu": regu}
    return ConvolutionLayer(name=name, bottoms=[bottom], tops=[name], n_filter=n_filter, **options)


def pool(name: str, bottom: str) -> Layer:
    return PoolingLayer(name=name, bottoms=[bottom], tops=[name], kernel=2, stride=2)


def inner(name: str, bottom: str, output_dim: int, regu: Regularizer, **options: object) -> Layer:
    options = {"weight_regu": regu, "bias_regu": regu, **options}
    return InnerProductLayer(name=name, bottoms=[bottom], tops=[name], output_dim=output_dim, **options)


def lenet(regu: Regularizer) -> list[Layer]:
    """Caffe's lenet/train.prototxt; it decays biases too."""
    return [
        conv("conv1", "data", 20, regu),
        pool("pool1", "conv1"),
        conv("conv2", "pool1", 50, regu),
        pool("pool2", "conv2"),
        inner("ip1", "pool2", 500, regu, neuron=Neurons.ReLU()),
        inner("ip2", "ip1", 10, regu),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def tiny(regu: Regularizer) -> list[Layer]:
    """Caffe's solvers/net.prototxt; it decays the bias of conv1, not that of ip."""
    return [
        conv("conv1", "data", 6, regu, stride=2, neuron=Neurons.ReLU()),
        pool("pool1", "conv1"),
        inner("ip", "pool1", 10, regu, bias_regu=NoRegu()),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]


def open_net(backend: Backend, layers: Sequence[Layer], weights: Arrays) -> Net:
    """A net in float64 that starts from Caffe's weights."""
    net = Net("train", backend, layers, dtype="float64", parameters=ParameterStore(backend))
    load(net, {f"params/{name}": values for name, values in weights.items()})
    return net


@dataclass
class Trajectory:
    """losses: before each update.   arrays: by Caffe's names, like `iter_0005/params/ip/0` and `.../history/2`."""

    losses: list[float] = field(default_factory=list)
    arrays: Arrays = field(default_factory=dict)

    def record(self, state: SolverState) -> None:
        """Parameters and history after `state.iter` updates; Caffe numbers the first slot of all, then the second."""
        at, count = f"iter_{state.iter:04}", len(state.net.all_parameters)
        for k, parameter in enumerate(state.net.all_parameters):
            name = f"{parameter.key}/{number(parameter.spec.name)}"
            self.arrays[f"{at}/params/{name}"] = parameter.blob.to_array()
            for s, (slot, blob) in enumerate(state.updater.history(parameter).items()):
                sign = -1 if slot == "history" else 1  # a step: Caffe subtracts it, Mocha adds it
                self.arrays[f"{at}/history/{k + s * count}"] = sign * blob.to_array()


def train(net: Net, rates: Host, momentum: float, weight_decay: float, at: Collection[int]) -> Trajectory:
    """One SGD update per rate; regularizers of the net have a gradient of w (L2) or sign w (L1)."""
    return follow(SGD(), net, rates, weight_decay, at, mom_policy=MomPolicy.Fixed(f32(momentum)))


def follow(
    method: SolverMethod, net: Net, rates: Host, weight_decay: float, at: Collection[int], **options: object
) -> Trajectory:
    """One update per rate by any method, with its own options."""
    params = make_solver_parameters(
        method,
        max_iter=len(rates),
        regu_coef=f32(weight_decay),
        lr_policy=LRPolicy.Staged(*((1, LRPolicy.Fixed(float(rate))) for rate in rates)),
        **options,
    )
    solver, trajectory = Solver(method, params), Trajectory()
    state = init_solve(solver, net)
    for _ in rates:
        trajectory.losses.append(state.obj_val)
        onestep_solve(solver, net, state)
        if state.iter in at:
            trajectory.record(state)
    finalize_solve(solver, net, state)
    return trajectory
