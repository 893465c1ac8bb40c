"""A conformance case as a net of its own, exported and run in ONNX Runtime on the case's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mocha_core import Net, ParameterStore
from mocha_core.layers import InputLayer
from mocha_core.net.deploying import Deployed, deployed
from mocha_core.plan import TEST
from mocha_core.testing import Case, ReferenceBackend, grid, positive, tolerance
from mocha_core.testing.tolerances import size_of
from mocha_onnx.batching import another, planned
from mocha_onnx.checking import opened, run
from mocha_onnx.options import DYNAMIC
from mocha_onnx.proto import model_of
from mocha_onnx.translating import translated

BACKEND = ReferenceBackend()


def net_of(case: Case) -> Net:
    """The layer of a case, as it is in testing, on inputs of the case's shapes; parameters from the kit's grids."""
    layer, store = case.layer, ParameterStore(BACKEND)
    for spec in case.plan("float32").params:
        if spec.owner:
            store.share(spec.owner, (replace(spec, owner=""),), "float32")
    shapes = tuple(bottom.shape for bottom in case.bottoms)
    inputs = [InputLayer(name="inputs", tops=layer.bottoms, shapes=shapes)] if shapes else []
    net = Net("case", BACKEND, [*inputs, layer], phase=TEST, parameters=store)
    for number, parameter in enumerate(store):
        make = grid if parameter.spec.trained else positive
        parameter.load(make(parameter.blob.shape, 2000 + number))
    return net


def values(case: Case, model: Deployed) -> Mapping[str, Any]:
    """Numbers of the kinds that the case asks for, in the shapes of the model's inputs."""
    kinds = dict(zip(case.layer.bottoms, case.bottoms, strict=True))
    return {
        name: replace(kinds[name], shape=spec.shape).values(seed).astype(np.float32)
        for seed, (name, spec) in enumerate(model.inputs.items())
    }


def errors(case: Case, batch: int | str, opset: int = 17) -> list[float]:
    """Between net and file, in parts of what rounding explains, for each number of samples that is tried."""
    model, dims = planned(deployed(net_of(case)), batch)
    file = model_of(translated(model, dims, opset), "case", opset, {}).SerializeToString()
    session, found = opened(file), []
    for each in [model, another(model)] if batch == DYNAMIC else [model]:
        inputs = values(case, each)
        results, wanted = run(session, inputs, each.outputs), each.run(inputs)
        found += [error(case, results[name], wanted[name]) for name in wanted]
    return found


def error(case: Case, found: Any, wanted: Any) -> float:
    """The largest difference in parts of the tolerance; infinite for other shapes, or for NaN and Inf elsewhere."""
    if found.shape != wanted.shape or not np.array_equal(np.isfinite(found), np.isfinite(wanted)):
        return np.inf
    finite = np.isfinite(wanted)
    allowed = tolerance("float32", case.terms(), max(1.0, size_of(wanted[finite])))
    return size_of(found[finite] - wanted[finite]) / allowed
