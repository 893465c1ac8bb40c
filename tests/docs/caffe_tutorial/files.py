"""The files that the tutorial's reader has: the real models, or small ones of the same names written here."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe import save_caffemodel

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 4943632\n"
HALFTONE = """name: "halftone"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }
layer { name: "halftone" type: "Halftone" bottom: "data" top: "halftone" halftone_param { threshold: 0.25 } }
"""
INPUT = 'layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ {} }} }} }}\n'
DATA = """layer { name: "data" type: "Data" top: "data" top: "label"
  transform_param { crop_size: 227 mean_value: 104 mean_value: 117 mean_value: 123 }
  data_param { source: "gone_lmdb" batch_size: 32 backend: LMDB } }
"""
CONVOLUTION = """layer {{ name: "{0}" type: "Convolution" bottom: "{1}" top: "{0}"
  convolution_param {{ num_output: {2} kernel_size: {3} stride: {4} weight_filler {{ type: "xavier" }} }} }}
"""
POOL10 = """layer { name: "pool10" type: "Pooling" bottom: "conv10" top: "pool10"
  pooling_param { pool: AVE global_pooling: true } }
"""
ENDS = """layer { name: "loss" type: "SoftmaxWithLoss" bottom: "pool10" bottom: "label" top: "loss" }
layer { name: "accuracy" type: "Accuracy" bottom: "pool10" bottom: "label" top: "accuracy" }
layer { name: "accuracy_top5" type: "Accuracy" bottom: "pool10" bottom: "label" top: "accuracy_top5"
  accuracy_param {
    top_k: 5
  } }
"""
POOL1 = """layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
  pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
"""
BODY = CONVOLUTION.format("conv1", "data", 4, 3, 8) + POOL1 + CONVOLUTION.format("conv10", "pool1", 1000, 1, 1) + POOL10
LENET = """name: "LeNet"
{} layer {{ name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param {{ num_output: 10 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "prob" type: "Softmax" bottom: "ip" top: "prob" }}
"""
OLD = """name: "LeNet"
input: "data" input_dim: 1 input_dim: 1 input_dim: 28 input_dim: 28
layers { name: "conv1" type: CONVOLUTION bottom: "data" top: "conv1" blobs_lr: 1
  convolution_param { num_output: 2 kernel_size: 5 } }
"""
PROB = 'layer { name: "prob" type: "Softmax" bottom: "pool10" top: "prob" }\n'
PICTURES = 6


def real(folder: Path, shared: Path) -> None:
    """SqueezeNet, LeNet and CIFAR-10 as they were published."""
    data = shared / "data"
    squeezenet, cifar10 = data / "caffe" / "squeezenet_v1.1", data / "caffe" / "cifar10_quick_h5"
    for source, name in (
        (squeezenet / "deploy.prototxt", "deploy.prototxt"),
        (squeezenet / "train_val.prototxt", "train_val.prototxt"),
        (squeezenet / "LICENSE", "LICENSE"),
        (squeezenet / "squeezenet_v1.1_fp16.caffemodel", "squeezenet.caffemodel"),
        (data / "images" / "cat.jpg", "cat.jpg"),
        (data / "images" / "synset_words.txt", "synset_words.txt"),
        (data / "caffe" / "lenet_mnist" / "lenet_iter_9000.caffemodel", "lenet.caffemodel"),
        (cifar10 / "cifar10_m7_deploy.prototxt", "cifar10.prototxt"),
        (cifar10 / "cifar10_m7_iter_300000.caffemodel.h5", "cifar10.caffemodel.h5"),
        (shared / "oracles" / "caffe" / "legacy" / "lenet_v1.prototxt", "old.prototxt"),
    ):
        shutil.copyfile(source, folder / name)
    with gzip.open(data / "mnist" / "t10k-images-idx3-ubyte.gz") as file:
        digit = np.frombuffer(file.read(16 + 28 * 28), np.uint8, offset=16).reshape(28, 28)
    _others(folder, digit, [data / "images" / "cat.jpg", data / "images" / "fish-bike.jpg"])


def made(folder: Path) -> None:
    """Small nets under the same names, with layers of the same names, written by mocha_caffe."""
    text = {
        "deploy": INPUT.format("dim: 10 dim: 3 dim: 227 dim: 227") + BODY + PROB,
        "train_val": DATA + BODY + ENDS,
        "lenet": LENET.format(INPUT.format("dim: 1 dim: 1 dim: 28 dim: 28")),
        "cifar10": LENET.format(INPUT.format("dim: 1 dim: 3 dim: 32 dim: 32")),
        "old": OLD,
    }
    for name, written in text.items():
        (folder / f"{name}.prototxt").write_text(written)
    weights = {"deploy": "squeezenet.caffemodel", "lenet": "lenet.caffemodel", "cifar10": "cifar10.caffemodel.h5"}
    for name, output in weights.items():
        with mocha.load(folder / f"{name}.prototxt", backend="cpu", phase="train") as net:
            save_caffemodel(folder / output, net, folder / f"{name}.prototxt")
    (folder / "LICENSE").write_text("For everybody.\n")
    (folder / "synset_words.txt").write_text("".join(f"n{k:08} class {k}\n" for k in range(1000)))
    pictures = [folder / "cat.jpg", folder / "bike.jpg"]
    rng = np.random.default_rng(1)
    for picture in pictures:
        _save(picture, rng.integers(0, 256, (240, 320, 3), dtype=np.uint8))
    _others(folder, rng.integers(0, 256, (28, 28), dtype=np.uint8), pictures)


def _others(folder: Path, digit: np.ndarray, pictures: Sequence[Path]) -> None:
    """Those that both have: a picture of a digit, pieces of two pictures with their list, and two odd files."""
    image = pytest.importorskip("PIL.Image", reason="the tutorial's images need Pillow")
    _save(folder / "digit.png", digit)
    (folder / "pictures").mkdir()
    lines = []
    for label, (name, path) in enumerate(zip(("cat", "bike"), pictures, strict=True)):
        whole = image.open(path).convert("RGB")
        for number in range(PICTURES):
            left = (whole.width - 200) * number // (PICTURES - 1)
            whole.crop((left, 0, left + 200, whole.height)).save(folder / "pictures" / f"{name}{number}.jpg")
            lines.append(f"{name}{number}.jpg {label}\n")
    (folder / "pictures.txt").write_text("".join(lines))
    (folder / "download.caffemodel").write_text(POINTER)
    (folder / "halftone.prototxt").write_text(HALFTONE)


def _save(path: Path, pixels: np.ndarray) -> None:
    image = pytest.importorskip("PIL.Image", reason="the tutorial's images need Pillow")
    image.fromarray(pixels).save(path)
