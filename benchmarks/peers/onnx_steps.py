"""ONNX Runtime's side of a contest: prediction, with the net exported from PyTorch."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import numpy as np
import onnxruntime
import torch
from torch import nn

Step = Callable[[], object]


def inference(model: nn.Module, x: np.ndarray, threads: int) -> Step:
    """One run, from an array to an array. Its threads stop spinning when it is done, so that they slow nobody else."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(_exported(model, x), options, providers=["CPUExecutionProvider"])
    inputs = {session.get_inputs()[0].name: x}
    return lambda: session.run(None, inputs)[0]


def _exported(model: nn.Module, x: np.ndarray) -> bytes:
    """The net in the test phase as an ONNX file."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # this exporter needs no further packages, and says that there is a newer one
        torch.onnx.export(model.eval(), (torch.from_numpy(x),), file, dynamo=False)
    return file.getvalue()
