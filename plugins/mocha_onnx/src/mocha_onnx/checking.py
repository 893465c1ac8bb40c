"""Whether the file computes what the net computes: both are run on the same random numbers."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeAlias, TypeVar

import numpy as np

from mocha_core.errors import NumericalError, OptionError
from mocha_core.net.deploying import Deployed

Arrays: TypeAlias = Mapping[str, np.ndarray[Any, Any]]
T = TypeVar("T")

TOLERANCE = 1e-4
"""The largest difference that is borne, in parts of a blob's range."""

TRIES = 3
"""How many inputs are tried where a rounded number, a maximum or a threshold may fall on either side."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """The largest difference of a blob, in parts of its range.

    blank: a blob of which nothing could be compared, because no number of it is finite; "" for none.
    """

    parts: float
    blob: str
    blank: str = ""

    def __str__(self) -> str:
        but = f", but nothing could be compared of {self.blank!r}: it is not finite for random inputs"
        return f"{self.parts:.1e} of the range of {self.blob!r}{but if self.blank else ''}"


def runtime_missing() -> bool:
    """Whether ONNX Runtime is not installed."""
    return find_spec("onnxruntime") is None


def largest_difference(model: bytes, deployed: Deployed) -> Difference:
    """Between file and net; more than `TOLERANCE` is a `NumericalError`."""
    session = _explained(deployed, lambda: opened(model))
    jumps = any(not node.layer.traits.backprop for node in deployed.graph.nodes if not node.layer.traits.source)
    for seed in range(TRIES if jumps else 1):
        inputs = random_inputs(deployed, seed)
        found = _compared(session, deployed, inputs)
        if found.blank:  # a root or a logarithm, most likely
            found = _compared(session, deployed, {name: np.abs(array) for name, array in inputs.items()})
        if found.parts <= TOLERANCE:
            return found
    raise NumericalError(
        f"net {deployed.net.name!r}: the exported file computes something else, it differs by {found} for "
        f"{deployed.num} samples; nothing was written; please report it with the layers of the net"
    )


def _compared(session: Any, deployed: Deployed, inputs: Arrays) -> Difference:
    results = _explained(deployed, functools.partial(run, session, inputs, deployed.outputs))
    return difference(results, deployed.run(inputs))


def _explained(deployed: Deployed, step: Callable[[], T]) -> T:
    # ONNX Runtime's own errors have no common base but Exception.
    try:
        return step()
    except Exception as error:
        raise OptionError(
            f"net {deployed.net.name!r}: ONNX Runtime cannot run the file: {error}; nothing was written; try another "
            f"opset, or check=False if the file is for another program"
        ) from error


def opened(model: bytes) -> Any:
    """A session of ONNX Runtime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(session: Any, inputs: Arrays, outputs: tuple[str, ...]) -> Arrays:
    """What the file makes of the inputs, by blob. Outputs are in the order of the model's."""
    results = session.run(None, {name: array.astype(np.float32) for name, array in inputs.items()})
    return dict(zip(outputs, results, strict=True))


def random_inputs(deployed: Deployed, seed: int) -> Arrays:
    """Normal numbers; where a layer can read only some numbers, such as those of classes, an example of them."""
    random = np.random.default_rng(seed)
    normal = {name: random.standard_normal(spec.shape, np.float32) for name, spec in deployed.inputs.items()}
    return normal | dict(_examples(deployed, random))


def difference(found: Arrays, wanted: Arrays) -> Difference:
    """The blob that differs most."""
    blank = next((name for name, array in wanted.items() if not np.isfinite(array).any()), "")
    return max(Difference(_parts(found[name], wanted[name]), name, blank) for name in wanted)


def _parts(found: Any, wanted: Any) -> float:
    finite = np.isfinite(wanted)
    if found.shape != wanted.shape or not np.array_equal(found[~finite], wanted[~finite], equal_nan=True):
        return np.inf
    if not np.isfinite(found[finite]).all():
        return np.inf
    largest = np.abs(found[finite] - wanted[finite]).max(initial=0.0)
    return float(largest / max(np.abs(wanted[finite]).max(), np.finfo(np.float32).tiny)) if largest else 0.0


def _examples(deployed: Deployed, random: np.random.Generator) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Inputs that cannot hold just any numbers, followed through layers that move numbers."""
    graph = deployed.graph
    for index, node in enumerate(graph.nodes):
        for position, version in enumerate(node.reads):
            example = node.layer.example(position, graph.bottoms(index), random)
            if example is not None:
                yield from ((name, _shaped(deployed, name, example, random)) for name in _origins(deployed, version))


def _shaped(deployed: Deployed, name: str, example: Any, random: np.random.Generator) -> np.ndarray[Any, Any]:
    """The example for an input: as it is, or numbers of it, where the layer reads only a part, or more."""
    shape = deployed.inputs[name].shape
    same = example.size == math.prod(shape)
    values = example if same else random.choice(example.ravel(), math.prod(shape))
    return np.asarray(values, np.float32).reshape(shape)


def _origins(deployed: Deployed, version: tuple[str, int]) -> Iterator[str]:
    graph = deployed.graph
    writer = graph.values[version].writer
    if version[0] in deployed.inputs:
        yield version[0]
    elif not graph.plans[writer].params:
        for read in graph.nodes[writer].reads:
            yield from _origins(deployed, read)
