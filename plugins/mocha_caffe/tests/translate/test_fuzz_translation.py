"""Wrong nets: a translation or one error with its place, nothing else. `MOCHA_FUZZ=1000000` tries a million."""

from __future__ import annotations

import os
import random
import re

import pytest

from mocha_caffe.formats import parse_text, upgrade_net
from mocha_caffe.translate import Settings, translate
from mocha_core import MochaError

from .texts import DATA, conv, layer

NET = (
    DATA
    + conv("conv1", "data", "", 'param { name: "w" lr_mult: 1 } param { lr_mult: 2 }')
    + layer("bn1", "BatchNorm", "conv1", "conv1", "batch_norm_param { eps: 0.1 }")
    + layer("scale1", "Scale", "conv1", "conv1", "scale_param { axis: 1 num_axes: 1 bias_term: true }")
    + layer("relu1", "ReLU", "conv1", "conv1", "relu_param { negative_slope: 0.1 }")
    + layer("pool1", "Pooling", "conv1", "", "pooling_param { kernel_size: 2 stride: 2 pad: 1 pool: MAX }")
    + layer("lrn1", "LRN", "pool1", "", "lrn_param { local_size: 3 alpha: 1 k: 1 }")
    + layer("drop1", "Dropout", "lrn1", "lrn1", "dropout_param { dropout_ratio: 0.5 }")
    + layer("resh1", "Reshape", "lrn1", "", "reshape_param { shape { dim: 0 dim: -1 } axis: 0 }")
    + layer("ip1", "InnerProduct", "resh1", "", "inner_product_param { num_output: 3 axis: 1 }")
    + layer("up1", "Deconvolution", "pool1", "", "convolution_param { num_output: 2 kernel_size: 2 group: 1 }")
    + 'layer { name: "sl" type: "Slice" bottom: "up1" top: "s0" top: "s1" slice_param { axis: 1 slice_point: 1 } }\n'
    + 'layer { name: "cat" type: "Concat" bottom: "s0" bottom: "s1" top: "cat" concat_param { axis: 1 } }\n'
    + 'layer { name: "el" type: "Eltwise" bottom: "s0" bottom: "s1" top: "el" eltwise_param { coeff: 1 coeff: 2 } }\n'
    + layer("tile1", "Tile", "el", "", "tile_param { axis: 1 tiles: 2 }")
    + layer("spp1", "SPP", "pool1", "", "spp_param { pyramid_height: 2 pool: AVE }")
    + layer("arg1", "ArgMax", "ip1", "", "argmax_param { top_k: 1 axis: 1 }")
    + 'layer { name: "crop" type: "Crop" bottom: "data" bottom: "pool1" top: "crop" crop_param { offset: 1 } }\n'
    + 'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 2 } } }\n'
    + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" loss_weight: 1 }\n'
    + 'layer { name: "acc" type: "Accuracy" bottom: "ip1" bottom: "label" top: "acc" accuracy_param { top_k: 1 } }\n'
)
NUMBERS = ["0", "-1", "1", "2", "7", "-3", "100", "4294967295", "0.5", "-0.5", "1e30", "nan", "inf", "MAX", "true"]
SPOT = re.compile(r": ([^\s{}]+)")
CASES = int(os.environ.get("MOCHA_FUZZ", "2000"))
SEED = random.SystemRandom().randrange(2**31) if "MOCHA_FUZZ" in os.environ else 1


def damaged(chance: random.Random) -> str:
    """The net with one to three values replaced by others of it, or by numbers, or with a line left out."""
    text = NET
    for _ in range(chance.randint(1, 3)):
        spots = list(SPOT.finditer(text))
        spot = chance.choice(spots)
        if chance.random() < 0.1:
            text = "".join(line for line in text.splitlines(True) if chance.random() < 0.95)
            continue
        new = chance.choice(NUMBERS) if chance.random() < 0.5 else chance.choice(spots)[1]
        text = text[: spot.start(1)] + new + text[spot.end(1) :]
    return text


def test_the_net_itself_is_sound():
    assert translate(upgrade_net(parse_text(NET)).net)


@pytest.mark.parametrize("part", range(4))
def test_fuzz_nets(part: int):
    chance = random.Random(SEED + part)
    outcomes = set()
    for _ in range(CASES // 4):
        text = damaged(chance)
        try:
            translate(upgrade_net(parse_text(text, name="net.prototxt")).net, Settings(phase="train"))
            outcomes.add("translated")
        except MochaError:
            outcomes.add("refused")
        except Exception as error:
            raise AssertionError(f"seed {SEED + part}: {error!r} for\n{text}") from error
    assert outcomes == {"translated", "refused"}
