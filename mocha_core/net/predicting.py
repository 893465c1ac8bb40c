"""Prediction with a net that was built for training: no second net to write."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blob import Blob
from ..data.pipeline import Pipeline
from ..data.transformers import Transformer
from ..errors import BlobAccessError, OptionError, ParameterError, ShapeError, suggest
from ..layer import Layer
from ..layers.input import InputLayer
from ..plan import TEST
from ..topology import results
from .pictures import Given, Pictures, first_blob, given

if TYPE_CHECKING:
    from .net import Net

Arrays = dict[str, np.ndarray[Any, Any]]
Inputs = dict[str, Given]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A net for inputs of certain shapes, with the blobs that go in and come out."""

    net: Net
    inputs: Mapping[str, Blob]
    outputs: Mapping[str, Blob]


class Predictor:
    """Runs new inputs through the layers of a net in the test phase, sharing its parameters.

    The rule: data layers become inputs; whatever would need a blob that is not given (labels) is left out; losses and
    statistics are left out, but that a loss may stand for a prediction (softmax loss: the probabilities); dropout is
    the identity.
    Several threads may predict; they take turns.
    """

    def __init__(self, net: Net) -> None:
        self.net = net
        self._nets: dict[tuple[Any, ...], Prepared] = {}
        self._turn = threading.Lock()
        self._steps: dict[str, list[Transformer]] = {}
        sizes = (getattr(layer, "batch_size", 0) for layer in net.given if layer.traits.source)
        self._batch_size = max(sizes, default=0)

    def predict(self, inputs: Any, outputs: Sequence[str] | str | None = None) -> Any:
        """Outputs for `inputs`: an array `(num, ...)` for the first top of the data layer, or a dict by blob name.

        Images (bytes, Pillow's images, paths, or lists of them) for it go through the net's preprocessing record,
        `net.notes.preprocessing`; to everything else the data layer's transformers are applied.
        Any `num` will do: it is cut into batches of the training size; a single number goes with each of them. Where
        the blobs of the net differ in `num` (images and regions of them, say), arrays with as many as the net was built
        for are one batch.
        outputs: names of the blobs wanted, a loss perhaps; default: what nobody else reads. One blob is returned as an
        array of `num` rows, several as a dict.
        """
        named = self._by_name(inputs)
        wanted = (outputs,) if isinstance(outputs, str) else tuple(outputs or ())
        whole = self._run(named, wanted) if self._is_own_batch(named) else self._in_batches(named, wanted)
        return next(iter(whole.values())) if len(whole) == 1 else whole

    def _in_batches(self, named: Inputs, wanted: tuple[str, ...]) -> Arrays:
        count = self._count(named)
        size = min(count, self._batch_size or count)
        starts = range(0, count, size)
        parts = [self._run({k: _part(v, start, size) for k, v in named.items()}, wanted) for start in starts]
        return parts[0] if len(parts) == 1 else _joined(parts, [min(size, count - start) for start in starts])

    def close(self) -> None:
        """Drop the nets built for prediction."""
        with self._turn:
            self._nets.clear()

    def _by_name(self, inputs: Any) -> Inputs:
        if isinstance(inputs, Mapping):
            for name in inputs:
                self._check_blob(str(name))
            return {str(name): given(self.net, str(name), array) for name, array in inputs.items()}
        first = first_blob(self.net)
        if first is None:
            raise OptionError(f"net {self.net.name!r} has no data layer; give predict a dict of blob name -> array")
        return {first: given(self.net, first, inputs)}

    def _check_blob(self, name: str) -> None:
        names = {version[0] for version in self.net._graph.values}
        if name not in names:
            raise BlobAccessError(f"predict was given blob {name!r}, which the net has not{suggest(name, names)}")

    def _is_own_batch(self, inputs: Inputs) -> bool:
        """Whether arrays of different lengths are as long as the net's own blobs."""
        counts = _counts(inputs)
        return len(set(counts.values())) > 1 and counts == self._own_counts(counts)

    def _own_counts(self, names: Iterable[str]) -> dict[str, int]:
        shapes = {name: self.net._graph.values[name, 0].spec.shape for name in names}
        return {name: shape[0] for name, shape in shapes.items() if shape}

    def _count(self, inputs: Inputs) -> int:
        counts = _counts(inputs)
        if len(set(counts.values())) == 1 and 0 not in counts.values():
            return next(iter(counts.values()))
        raise ShapeError(
            f"predict needs arrays with the same number of samples, at least one, or with as many as the net was built "
            f"for, {self._own_counts(counts)}; got {counts}. For others build the net with those shapes "
            f"(mocha.load(..., shapes=...)); net.blob(name).set(array) and net.run_forward() then run it, too"
        )

    def _run(self, batch: Inputs, wanted: tuple[str, ...]) -> Arrays:
        inputs = {name: self._finished(name, each) for name, each in batch.items()}
        with self._turn:
            prepared = self._prepared_for(tuple((name, array.shape) for name, array in inputs.items()), wanted)
            prepared.net.init()
            for name, array in inputs.items():
                prepared.inputs[name].set(array)
            prepared.net._program.forward()
            return {name: blob.to_array() for name, blob in prepared.outputs.items()}

    def _finished(self, name: str, each: Given) -> np.ndarray[Any, Any]:
        """What the net reads."""
        return each.prepared() if isinstance(each, Pictures) else self._transformed(name, each)

    def _transformed(self, name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """As the data layer would give it in the test phase."""
        if name not in self._steps:
            given = [t for layer in self.net.given for t in _transformers(layer, name)]
            self._steps[name] = [step for each in given if (step := each.in_phase(TEST)) is not None]
        tested = self._steps[name]
        if not tested:
            return array
        pipeline = Pipeline(list(enumerate(tested)), array.shape, self.net.dtype)
        out = np.empty(pipeline.shape, self.net.dtype)
        pipeline.target(out)[...] = array
        pipeline.run(out, batch=0)
        return out

    def _prepared_for(self, shapes: tuple[tuple[str, tuple[int, ...]], ...], wanted: tuple[str, ...]) -> Prepared:
        key = (shapes, wanted)
        if key not in self._nets:
            if len(self._nets) >= 4:
                self._nets.pop(next(iter(self._nets)))
            net = self._build(dict(shapes), wanted)
            inputs = {name: net._value((name, 0)) for name, _ in shapes}
            names = wanted or net._graph.ends()
            self._nets[key] = Prepared(net, inputs, {name: net.blob(name) for name in names})
        return self._nets[key]

    def _build(self, shapes: dict[str, tuple[int, ...]], wanted: tuple[str, ...]) -> Net:
        from .net import Net

        net = self.net
        inputs = InputLayer(name=f"{net.name}/inputs", tops=tuple(shapes), shapes=tuple(shapes.values()))
        layers = [inputs, *self._layers(shapes, wanted)]
        name = f"{net.name}/predict"
        try:
            return Net(name, net.backend, layers, phase=TEST, dtype=net.dtype, keep=wanted, parameters=net.store)
        except ShapeError as error:
            raise ShapeError(f"{self._misfit(shapes)}: {error}") from error
        except ParameterError as error:
            raise ShapeError(f"{self._misfit(shapes)}; the net's parameters do not fit them") from error

    def _layers(self, shapes: Mapping[str, tuple[int, ...]], wanted: tuple[str, ...]) -> list[Layer]:
        """What runs for inputs of these shapes; `BlobAccessError` if nothing does, or not what is wanted."""
        counts = {shape[0] for shape in shapes.values() if shape}
        num = counts.pop() if len(counts) == 1 else self._batch_size or 1
        layers = [layer.resized(num, self._batch_size or num) for layer in self.net.given]
        found = wanted_layers(layers, set(shapes)) if wanted else default_layers(layers, set(shapes))
        known = {name for layer in found for name in results(layer)}
        for name in wanted:
            if name not in known.union(shapes):
                raise BlobAccessError(
                    f"predict cannot give blob {name!r}: known are {', '.join(sorted(known)) or 'none'}"
                    f"{self._lacking(layers, found, set(shapes))}"
                )
        if not known:
            gave = ", ".join(map(repr, shapes))
            raise BlobAccessError(
                f"predict can compute nothing from {gave} alone{self._lacking(layers, found, set(shapes))}"
            )
        return found

    def _lacking(self, layers: Sequence[Layer], found: Sequence[Layer], given: set[str]) -> str:
        """Inputs that were not given, each with a layer that was left out because it reads them."""
        sources = {top for layer in layers if layer.traits.source for top in layer.tops} - given
        run = {layer.name for layer in found}
        left = [layer for layer in layers if layer.traits.computes and layer.name not in run]
        readers = {blob: layer.name for layer in reversed(left) for blob in layer.bottoms if blob in sources}
        missing = ", ".join(f"{blob!r}, which layer {reader!r} reads" for blob, reader in readers.items())
        return f"; not given: {missing}" if missing else ""

    def _misfit(self, shapes: dict[str, tuple[int, ...]]) -> str:
        values = self.net._graph.values
        trained = {name: values[name, 0].spec.shape[1:] for name in shapes}
        said = ", ".join(f"{name!r} of shape {shapes[name][1:]}, trained on {trained[name]}" for name in shapes)
        record = self.net.notes.preprocessing
        hint = f" (prepared by {record!r}, where resize sets the size)" if record is not None else ""
        single = any(shapes[name] == trained[name] for name in shapes)
        axis = " (one sample is array[None], with an axis for the batch)" if single else ""
        return f"predict was given samples {said}{hint}{axis}"


def _counts(inputs: Inputs) -> dict[str, int]:
    """The number of samples of each input that is not a single number."""
    return {name: len(each) for name, each in inputs.items() if isinstance(each, Pictures) or each.ndim}


def _part(given: Given, start: int, size: int) -> Given:
    """Some of the samples; a single number goes with all of them."""
    return given[start : start + size] if isinstance(given, Pictures) or given.ndim else given


def _transformers(layer: Layer, top: str) -> list[Transformer]:
    """Of a data layer, for that top."""
    return [transformer for name, transformer in getattr(layer, "transformers", ()) if name == top]


def _joined(parts: Sequence[Arrays], counts: Sequence[int]) -> Arrays:
    """The outputs of several batches, of so many samples each, sample after sample."""
    for part, count in zip(parts, counts, strict=True):
        for name, array in part.items():
            if array.shape[:1] != (count,):
                rows = [other for other, values in part.items() if values.shape[:1] == (count,)]
                raise ShapeError(
                    f"predict cannot join blob {name!r}: a batch gives {parts[0][name].shape}, not a row for each "
                    f"sample; predict at most one batch at a time, turn the axes with a PermuteLayer, or name other "
                    f"blobs as outputs{f', such as outputs={rows}' if rows else ''}"
                )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def predicting(layer: Layer) -> Layer | None:
    """The layer itself, or what stands for a loss or statistic; None for what does not take part in predictions."""
    if not layer.traits.computes or layer.in_phase(TEST) is None:
        return None
    return layer.for_prediction() if layer.traits.loss or layer.traits.stats else layer


def default_layers(layers: Sequence[Layer], available: set[str]) -> list[Layer]:
    """The layers that make predictions of the blobs `available`; losses and statistics if nothing else can be told."""
    others = [made for layer in layers if (made := predicting(layer)) is not None]
    return prediction_layers(others, available) or prediction_layers(layers, available)


def wanted_layers(layers: Sequence[Layer], available: set[str]) -> list[Layer]:
    """All that can run: losses and statistics, and also what stands for them."""
    both = [*default_layers(layers, available), *prediction_layers(layers, available)]
    return list({layer.name: layer for layer in both}.values())


def prediction_layers(layers: Sequence[Layer], available: set[str]) -> list[Layer]:
    """The layers that can run when only the blobs `available` are known, with stand-ins for losses."""
    waiting = [layer for layer in layers if layer.traits.computes and layer.in_phase(TEST) is not None]
    kept: list[Layer] = []
    known = set(available)
    while ready := [layer for layer in waiting if known.issuperset(layer.bottoms)]:
        waiting = [layer for layer in waiting if layer not in ready]
        for layer in ready:
            kept.append(layer)
            known.update(results(layer))
    for layer in waiting:
        stand_in = layer.for_prediction()
        if stand_in is not None and known.issuperset(stand_in.bottoms):
            kept.append(stand_in)
    return kept
