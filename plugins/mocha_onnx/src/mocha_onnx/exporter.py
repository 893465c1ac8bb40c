"""What `mocha.export` asks for a file of the suffix .onnx."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from mocha_core.errors import OptionError
from mocha_core.io.exporter import Exporter
from mocha_core.net import Net
from mocha_core.net.deploying import Deployed, deployed

from .batching import few_samples, planned
from .options import DYNAMIC, Options
from .translating import Shape, Translated, translated


class OnnxExporter(Exporter):
    """Writes nets as ONNX models; `mocha.export` finds it by itself. Options: see `Options`.

    >>> from mocha_core import InnerProductLayer, InputLayer, Net, Neurons, export
    >>> from mocha_core.testing import ReferenceBackend
    >>> inputs = InputLayer(tops=["x"], shapes=[(2, 4)])
    >>> layer = InnerProductLayer(name="ip", output_dim=3, neuron=Neurons.ReLU(), bottoms=["x"], tops=["y"])
    >>> net = Net("small", ReferenceBackend(), [inputs, layer])
    >>> net.init()
    >>> print(export(net, "small.onnx", opset=17)[0])
    opset 17; inputs x (batch x 4); outputs y (batch x 3); 2 nodes
    """

    def write(self, net: Net, path: Path, notes: Mapping[str, str], options: Mapping[str, Any]) -> tuple[str, ...]:
        from .proto import model_of

        wanted = Options.of(options)
        model, dims = planned(deployed(net, wanted.outputs), wanted.batch)
        found = translated(model, dims, wanted.opset)
        proto = model_of(found, net.name, wanted.opset, notes)
        written: bytes = proto.SerializeToString()
        _check_form(net, proto)
        compared = _compared(written, model, wanted)
        path.write_bytes(written)
        return (_described(found, wanted), compared)


def _check_form(net: Net, proto: Any) -> None:
    """ONNX's own checker, which also works out all shapes."""
    import onnx

    try:
        onnx.checker.check_model(proto, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise OptionError(f"net {net.name!r}: ONNX's checker refuses the file: {error}") from error


def _compared(written: bytes, model: Deployed, options: Options) -> str:
    from .checking import largest_difference, runtime_missing

    if not options.check:
        return "not compared with the net: check=False"
    if runtime_missing():
        return 'not compared with the net, for want of ONNX Runtime; pip install "mocha-onnx[check]"'
    models = few_samples(model) if options.batch == DYNAMIC else [model]
    worst = max(largest_difference(written, each) for each in models)
    sizes = " and ".join(str(each.num) for each in models)
    return (
        f"largest difference from the net in ONNX Runtime {metadata.version('onnxruntime')}, "
        f"with {sizes} samples: {worst}"
    )


def _described(found: Translated, options: Options) -> str:
    inputs, outputs = (", ".join(map(_blob, ends, ends.values())) for ends in (found.inputs, found.outputs))
    return f"opset {options.opset}; inputs {inputs or 'none'}; outputs {outputs}; {len(found.graph.nodes)} nodes"


def _blob(name: str, shape: Shape) -> str:
    return f"{name} ({' x '.join('?' if size is None else str(size) for size in shape)})"
