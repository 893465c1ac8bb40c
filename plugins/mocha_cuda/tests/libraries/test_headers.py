"""Signatures, numbers and structures are those of NVIDIA's headers, where these are installed; no GPU is needed."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from mocha_cuda.cudnn import api
from mocha_cuda.cudnn.api import Performance
from mocha_cuda.device import cublas, nvrtc

from .declared import COMPILER, declared, folders, kinds

CUDNN, CUBLAS, NVRTC = (folders(name, "cudart") for name in ("cudnn", "cublas", "nvrtc"))

MISSING = "no g++, or no headers of it; pip install nvidia-cudnn-cu13 nvidia-cublas nvidia-cuda-runtime cuda-pathfinder"

needs_cudnn = pytest.mark.skipif(not (COMPILER and CUDNN), reason=f"cuDNN: {MISSING}")
needs_nvrtc = pytest.mark.skipif(not (COMPILER and NVRTC), reason=f"NVRTC: {MISSING}")
needs_cublas = pytest.mark.skipif(not (COMPILER and CUBLAS), reason=f"cuBLAS: {MISSING}")

CUDNN_NUMBERS = {
    "CUDNN_DATA_FLOAT": api.FLOAT,
    "CUDNN_TENSOR_NCHW": api.NCHW,
    "CUDNN_CROSS_CORRELATION": api.CROSS_CORRELATION,
    "CUDNN_DEFAULT_MATH": api.DEFAULT_MATH,
    "CUDNN_TENSOR_OP_MATH": api.TENSOR_OP_MATH,
    "CUDNN_FMA_MATH": api.FMA_MATH,
    "CUDNN_DETERMINISTIC": api.DETERMINISTIC,
    "CUDNN_STATUS_SUCCESS": 0,
}
CUBLAS_NUMBERS = {
    "CUBLAS_OP_N": cublas.N,
    "CUBLAS_OP_T": cublas.T,
    "CUDA_R_32F": cublas.FLOAT32,
    "CUDA_R_64F": cublas.FLOAT64,
    "CUBLAS_COMPUTE_32F": cublas.COMPUTE["float32"],
    "CUBLAS_COMPUTE_32F_FAST_TF32": cublas.COMPUTE["tf32"],
    "CUBLAS_COMPUTE_32F_FAST_16BF": cublas.COMPUTE["bf16"],
    "CUBLAS_COMPUTE_64F": cublas.COMPUTE_64F,
    "CUBLAS_GEMM_DEFAULT": cublas.DEFAULT_ALGORITHM,
    "CUBLAS_STATUS_SUCCESS": 0,
}
FIELDS = {
    "algo": "algorithm",
    "status": "status",
    "time": "time",
    "memory": "memory",
    "determinism": "determinism",
    "mathType": "math",
}


@needs_cudnn
@pytest.mark.parametrize("direction", ["Fwd", "BwdData", "BwdFilter"])
def test_the_structure_of_cudnn(tmp_path: Path, direction: str) -> None:
    name = f"cudnnConvolution{direction}AlgoPerf_t"
    asked = [f"SIZE({name})", *(f"FIELD({name}, {field})" for field in FIELDS)]
    said = declared("cudnn.h", CUDNN, asked, tmp_path)
    offsets = {f"{name}.{field}": [str(getattr(Performance, ours).offset)] for field, ours in FIELDS.items()}
    assert said == {name: [str(ctypes.sizeof(Performance))], **offsets}


@needs_cudnn
def test_functions_of_cudnn(tmp_path: Path) -> None:
    said = declared("cudnn.h", CUDNN, [f"FUNCTION({name})" for name in api.SIGNATURES], tmp_path)
    assert said == {name: kinds(signature) for name, signature in api.SIGNATURES.items()}


@needs_cudnn
def test_numbers_of_cudnn(tmp_path: Path) -> None:
    said = declared("cudnn.h", CUDNN, [f"NUMBER({name})" for name in CUDNN_NUMBERS], tmp_path)
    assert said == {name: [str(number)] for name, number in CUDNN_NUMBERS.items()}


@needs_cublas
def test_functions_of_cublas(tmp_path: Path) -> None:
    said = declared("cublas_v2.h", CUBLAS, [f"FUNCTION({name})" for name in cublas.SIGNATURES], tmp_path)
    assert said == {name: kinds(signature) for name, signature in cublas.SIGNATURES.items()}


@needs_cublas
def test_numbers_of_cublas(tmp_path: Path) -> None:
    said = declared("cublas_v2.h", CUBLAS, [f"NUMBER({name})" for name in CUBLAS_NUMBERS], tmp_path)
    assert said == {name: [str(number)] for name, number in CUBLAS_NUMBERS.items()}


@needs_nvrtc
def test_functions_and_numbers_of_nvrtc(tmp_path: Path) -> None:
    asked = [f"FUNCTION({name})" for name in nvrtc.SIGNATURES]
    said = declared("nvrtc.h", NVRTC, [*asked, "NUMBER(NVRTC_ERROR_COMPILATION)"], tmp_path)
    assert said.pop("NVRTC_ERROR_COMPILATION") == [str(nvrtc.REFUSED)]
    assert said == {name: kinds(signature) for name, signature in nvrtc.SIGNATURES.items()}
