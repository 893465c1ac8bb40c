"""Nets: layers bound to a backend, ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from ..backend import Backend
from ..blob import Blob, check_dtype
from ..errors import BlobAccessError, OptionError, suggest
from ..io.model_notes import ModelNotes
from ..layer import Layer
from ..parameters import Parameter, ParameterStore
from ..plan import PHASES, TRAIN
from . import building
from .bad_blob import first_bad_blob
from .feeders import Feeders
from .graph import Graph
from .joining import Joining
from .predicting import Predictor
from .program import Program
from .rest import Rest
from .streams import Streams
from .wiring import Trainable


class Net:
    """A static net: every shape known, every kernel chosen and every array in place when the constructor returns.

    name: shown in messages.   backend: where it runs.   layers: in any order; nets that share layers share parameters.
    phase: "train" or "test".   dtype: "float32" or "float64".
    keep: blobs that must still be readable after a step ("all": every one); other blobs may share memory.
    gradients: blobs whose gradient is wanted although nothing below them learns (an input, say); see `diff`.
    parameters: a store to share parameters through, instead of the backend's own.
    The attribute `notes`, a `ModelNotes`, travels into every file written of the net; assign another one freely.

    Raises TopologyError, ShapeError, OptionError, ParameterError or DataError, each naming layer and blob.
    """

    def __init__(
        self,
        name: str,
        backend: Backend,
        layers: Sequence[Layer],
        *,
        phase: str = TRAIN,
        dtype: str = "float32",
        keep: Sequence[str] | str = (),
        gradients: Sequence[str] | str = (),
        parameters: ParameterStore | None = None,
    ) -> None:
        if not isinstance(backend, Backend):
            raise OptionError(f"net {name!r}: a net needs an open backend such as DefaultBackend(), not {backend!r}")
        if phase not in PHASES:
            raise OptionError(f"net {name!r}: phase is {' or '.join(map(repr, PHASES))}, not {phase!r}")
        self.name, self.backend, self.phase, self.dtype = name, backend, phase, check_dtype(dtype)
        if isinstance(layers, Layer) or not isinstance(layers, Iterable):
            raise OptionError(f"net {name!r}: layers is a list, e.g. [data, ip, loss], not {layers!r} alone")
        self.given = tuple(layers)
        self.store = parameters or backend.parameters
        self.notes, self.remarks = ModelNotes(), tuple[str, ...]()
        wishes = building.Wishes.of(phase, self.dtype, keep, gradients)
        with self.store.undone_by_errors():
            self._built = building.build(backend, self.given, self.store, wishes)
            self._collectors = building.collectors(self._built)
            self._feeders = Feeders(building.feeders(backend, self._built, self.dtype))
        self._tallies = building.tallies(backend, self._built)
        self._streams = Streams(stream for streams in self._built.streams.values() for stream in streams)
        self._losses = {n.layer.name: self._value(n.writes[0]) for n in self._graph.nodes if n.layer.traits.loss}
        shared = {p.path: p for group in self._built.parameters.values() for p in group.values()}
        self._parameters = tuple(shared.values())
        self._program = Program(name, backend, self._built)
        self._predictor = Predictor(self)
        self._rest = Rest(self)
        self._joining = Joining(self)

    @property
    def _graph(self) -> Graph:
        return self._built.graph

    def _value(self, version: tuple[str, int]) -> Blob:
        return self._built.wirer.values[version]

    # what it is made of ---------------------------------------------------------------------------------------------

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that run, in running order (neurons split off, passes applied)."""
        return tuple(node.layer for node in self._graph.nodes)

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """Every parameter once, in running order."""
        return self._parameters

    @property
    def trainable(self) -> tuple[Trainable, ...]:
        """The parameters that backward gives gradients for now, with those gradients."""
        return tuple(self._program.wiring.trainable)

    @property
    def output_blobs(self) -> Mapping[str, Blob]:
        """The blobs that can be read after a step: what no layer reads, losses, statistics, and what `keep` names."""
        return {v[0]: self._value(v) for v in self._built.lives.kept if v == self._graph.last_version(v[0])}

    def blob(self, name: str) -> Blob:
        """An input to set before steps (0 until then), or a blob to read; `BlobAccessError` says how to keep others."""
        if name in self.output_blobs:
            return self.output_blobs[name]
        if self._graph.waits((name, 0)):
            return self._value((name, 0))
        known = {version[0] for version in self._built.drawn.values}
        if name not in known:
            raise BlobAccessError(f"net {self.name!r} has no blob {name!r}{suggest(name, known)}")
        raise BlobAccessError(
            f"blob {name!r} of net {self.name!r} shares its memory with other blobs within a step; "
            f'build the net with keep=["{name}"] (or keep="all") to read it'
        )

    def diff(self, name: str) -> Blob:
        """The gradient of the objective by a blob named in `gradients`, after a backward."""
        if name not in self._graph.forced:
            raise BlobAccessError(f'the gradient of blob {name!r} is not kept; build the net with gradients=["{name}"]')
        version = self._graph.last_version(name)
        if version not in self._built.lives.diffs:
            raise BlobAccessError(f"no loss of net {self.name!r} depends on blob {name!r}, so it has no gradient")
        return self._built.wirer.blobs[self._built.lives.diffs[version]]

    # running --------------------------------------------------------------------------------------------------------

    def init(self) -> None:
        """Initialise the parameters that hold no values yet; loaded and trained ones are left alone."""
        for parameter in self._parameters:
            parameter.initialise(self.backend.seed)

    def run_forward(self) -> None:
        """One batch through the net, without waiting for its loss."""
        self._joining.fetch()
        self._joining.forward()

    def forward(self) -> float:
        """One batch through the net; the objective: the weighted sum of all losses, without regularisation."""
        self.run_forward()
        return self.objective()

    def forward_unreported(self) -> float:
        """The same, but statistics and output layers are told nothing."""
        self._joining.fetch()
        self._joining.forward_unreported()
        return self.objective()

    def backward(self) -> None:
        """Gradients of the objective of the last forward by every trainable parameter."""
        self._program.check_backward()
        self._program.backward()

    def forward_backward(self) -> float:
        """Both; the objective."""
        objective = self.forward()
        self.backward()
        return objective

    def forward_epoch(self, exact: bool = False) -> None:
        """Once through the data. `exact`: every sample once; else the last batch is filled up with the next epoch's."""
        self._rest.forward_epoch(exact)

    def objective(self) -> float:
        """The sum of all losses of the last forward, each times its `loss_weight`."""
        values, losses = self.losses(), [layer for layer in self.layers if layer.traits.loss]
        return sum(layer.loss_weight * values[layer.name] for layer in losses)

    def losses(self) -> dict[str, float]:
        """The value of each loss of the last forward, by layer name."""
        return {name: self.backend.scalar(blob.readable()) for name, blob in self._losses.items()}

    def predict(self, inputs: Any, outputs: Sequence[str] | str | None = None) -> Any:
        """What the net makes of new inputs; see `Predictor.predict`."""
        return self._predictor.predict(inputs, outputs)

    # state ----------------------------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """How often the first data layer has been through its data."""
        return self._feeders.first.feed.epoch

    def data_state(self) -> dict[str, Any]:
        """By data layer, the state that makes the next forward read the batch of the last forward again."""
        return self._feeders.state()

    def restore_data(self, state: Mapping[str, Any]) -> None:
        """Continue where `data_state` was taken; data layers that `state` does not name are left alone."""
        self._feeders.restore(state)

    def random_state(self) -> dict[str, int]:
        """By stream, how often it had been called before the last forward."""
        return self._streams.state()

    def restore_random(self, state: Mapping[str, int]) -> None:
        """Make the next forward draw what the forward at `random_state` drew."""
        self._streams.restore(state)

    def outputs(self, layer: str, bottom: int = 0) -> list[np.ndarray[Any, Any]]:
        """What a memory output layer read at that bottom since the last reset, one array per forward."""
        return self._collectors.outputs(layer, bottom)

    def reset_outputs(self) -> None:
        """Forget what the memory output layers hold."""
        self._collectors.reset()

    def reset_statistics(self) -> None:
        """Start all running means anew."""
        self._tallies.reset()

    def statistics(self) -> dict[str, float]:
        """`<layer>-<statistic>` -> running mean since the last reset."""
        return self._tallies.values()

    def statistic_lines(self) -> list[str]:
        """The statistics as lines to print."""
        return self._tallies.lines()

    def find_bad_blob(self) -> str | None:
        """Replay the last forward layer by layer: one sentence on the first NaN or Inf, None if there is none."""
        return first_bad_blob(self)

    # learning and not learning --------------------------------------------------------------------------------------

    def check_bp_topology(self) -> None:
        """Raise `TopologyError` for parameters to train that no loss depends on, `SolverError` in the test phase."""
        self._program.check_learning()

    @property
    def revision(self) -> int:
        """Grows whenever `trainable` changes."""
        return self._program.revision

    @property
    def frozen(self) -> frozenset[str]:
        """The frozen layers and parameters, as they were named."""
        return self._program.frozen

    def freeze(self, *names: str) -> None:
        """Keep the parameters of these layers, or such as "ip1___bias", as they are; gradients still flow through them.

        Running averages stay, too: a frozen batch normalisation computes as in the test phase. A parameter that one of
        these layers shares with others stays in all. What layers remember from one forward to the next goes on.
        """
        self._program.freeze(self.frozen | self._program.known(names))

    def unfreeze(self, *names: str) -> None:
        """Let these layers, or parameters, learn again."""
        self._program.freeze(self.frozen - self._program.known(names))

    def freeze_all(self) -> None:
        """Freeze every layer that has parameters."""
        self._program.freeze(self._program.with_parameters())

    def unfreeze_all(self) -> None:
        """Let every layer learn."""
        self._program.freeze(())

    # looking at it --------------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """A table: every layer with its type, tops, shapes and parameters."""
        from .report import summary

        return summary(self)

    def explain(self) -> str:
        """Which kernel serves each layer, from which package, who declined and why, and the bytes planned."""
        from .report import explain

        return explain(self)

    def to_dot(self) -> str:
        """The net as a Graphviz graph, data at the bottom."""
        from .dot import to_dot

        return to_dot(self)

    def close(self) -> None:
        """Stop the data threads, finish files of results; parameters stay in the store."""
        self._feeders.close()
        self._predictor.close()
        self._rest.close()
        self._collectors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Net({self.name!r}, {self.backend!r}, {len(self.layers)} layers, phase={self.phase!r})"
