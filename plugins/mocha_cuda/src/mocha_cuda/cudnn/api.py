"""Functions, numbers and structures of `libcudnn.so.9`, as its manual states them.

The functions are those of the pages "cudnn_graph Library", "cudnn_ops Library" and "cudnn_cnn Library" of the cuDNN
backend API, version 9 (docs.nvidia.com/deeplearning/cudnn/backend). Those for convolutions are called deprecated since
9.0, in favour of graphs; the library has them all.
"""

from __future__ import annotations

import ctypes
from typing import Any

OLDEST = 90000
"""What `cudnnGetVersion` says of 9.0.0."""

FLOAT = 0
"""CUDNN_DATA_FLOAT."""

NCHW = 0
"""CUDNN_TENSOR_NCHW."""

CROSS_CORRELATION = 1
"""CUDNN_CROSS_CORRELATION: the kernel is not flipped."""

DEFAULT_MATH, TENSOR_OP_MATH, FMA_MATH = 0, 1, 3
"""CUDNN_DEFAULT_MATH and CUDNN_TENSOR_OP_MATH may round float32 to TF32; CUDNN_FMA_MATH does not."""

DETERMINISTIC = 1
"""CUDNN_DETERMINISTIC: the same bits each time."""

_handle = _descriptor = _address = ctypes.c_void_p
_int, _size = ctypes.c_int, ctypes.c_size_t
_out = ctypes.c_void_p


class Performance(ctypes.Structure):
    """`cudnnConvolutionFwdAlgoPerf_t`, and the same for both backward directions: an algorithm, and what it needs.

    status: whether it can do what was asked for.   time: in milliseconds, -1 if it was not measured.
    memory: bytes to work in.
    """

    _fields_ = (
        ("algorithm", _int),
        ("status", _int),
        ("time", ctypes.c_float),
        ("memory", _size),
        ("determinism", _int),
        ("math", _int),
        ("reserved", _int * 3),
    )


_search = (_handle, _descriptor, _descriptor, _descriptor, _descriptor, _int, _out, _out)
"""Handle, two operands, convolution, result; how many are wanted, how many there are, and they."""

_operands = (_handle, _out, _descriptor, _address, _descriptor, _address, _descriptor)
_run = (*_operands, _int, _address, _size, _out, _descriptor, _address)
"""Handle, factor, two operands, convolution, algorithm, memory to work in, factor of what was there, result."""

SIGNATURES: dict[str, tuple[Any, ...]] = {
    "cudnnCreate": (_out,),
    "cudnnDestroy": (_handle,),
    "cudnnSetStream": (_handle, _address),
    "cudnnCreateTensorDescriptor": (_out,),
    "cudnnSetTensor4dDescriptor": (_descriptor, _int, _int, _int, _int, _int, _int),
    "cudnnDestroyTensorDescriptor": (_descriptor,),
    "cudnnCreateFilterDescriptor": (_out,),
    "cudnnSetFilter4dDescriptor": (_descriptor, _int, _int, _int, _int, _int, _int),
    "cudnnDestroyFilterDescriptor": (_descriptor,),
    "cudnnCreateConvolutionDescriptor": (_out,),
    "cudnnSetConvolution2dDescriptor": (_descriptor, _int, _int, _int, _int, _int, _int, _int, _int),
    "cudnnSetConvolutionGroupCount": (_descriptor, _int),
    "cudnnSetConvolutionMathType": (_descriptor, _int),
    "cudnnDestroyConvolutionDescriptor": (_descriptor,),
    "cudnnGetConvolution2dForwardOutputDim": (_descriptor, _descriptor, _descriptor, _out, _out, _out, _out),
    "cudnnGetConvolutionForwardAlgorithm_v7": _search,
    "cudnnGetConvolutionBackwardDataAlgorithm_v7": _search,
    "cudnnGetConvolutionBackwardFilterAlgorithm_v7": _search,
    "cudnnFindConvolutionForwardAlgorithm": _search,
    "cudnnFindConvolutionBackwardDataAlgorithm": _search,
    "cudnnFindConvolutionBackwardFilterAlgorithm": _search,
    "cudnnConvolutionForward": _run,
    "cudnnConvolutionBackwardData": _run,
    "cudnnConvolutionBackwardFilter": _run,
}
"""What each takes; every one returns a status, 0 for success."""
