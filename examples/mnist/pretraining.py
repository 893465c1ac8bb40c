"""Layer-wise pre-training on MNIST: a stack of denoising auto-encoders, then fine-tuning; Mocha's fourth tutorial.

First fetch the data: mocha data mnist --to examples/mnist/data
"""

import argparse
from pathlib import Path

from mocha_core import *

MASKED = (0.1, 0.2, 0.3)
"""Which share of the input of each hidden layer is set to zero while it is pre-trained."""

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--data", default="examples/mnist/data", metavar="DIR", help="where train.txt and test.txt are")
parser.add_argument("--snapshots", default="snapshots/pretraining", metavar="DIR", help="where training goes on from")
parser.add_argument("--backend", help="its name; otherwise the best that works here")
parser.add_argument("--hidden", type=int, default=1000, metavar="N", help="units of each hidden layer")
parser.add_argument("--pretrain-iter", type=int, default=9000, metavar="N", help="for each layer; 0 for none")
parser.add_argument("--max-iter", type=int, default=60000, help="of the fine-tuning")
options = parser.parse_args()
if not Path(options.data, "train.txt").is_file():
    parser.error(f"{options.data} has no train.txt; first: mocha data mnist --to {options.data}")

backend = DefaultBackend(options.backend)
data = HDF5DataLayer(name="train-data", source=f"{options.data}/train.txt", batch_size=100, shuffle=True)
blobs = ["data", "hidden1", "hidden2", "hidden3"]
hidden = [
    InnerProductLayer(name=f"ip{i}", output_dim=options.hidden, neuron=Neurons.Sigmoid(),
                      bottoms=[blobs[i - 1]], tops=[blobs[i]])
    for i in (1, 2, 3)
]  # fmt: skip


def train(net, folder, max_iter, rate, *coffees):
    """Train with a fixed learning rate, and go on from the snapshots of an earlier run."""
    method = SGD()
    params = make_solver_parameters(
        method, max_iter=max_iter, regu_coef=0.0, mom_policy=MomPolicy.Fixed(0.0),
        lr_policy=LRPolicy.Fixed(rate), load_from=folder,
    )  # fmt: skip
    solver = Solver(method, params)
    setup_coffee_lounge(solver, save_into=f"{folder}/statistics.h5", every_n_iter=1000)
    add_coffee_break(solver, TrainingSummary(), every_n_iter=min(1000, max_iter))
    add_coffee_break(solver, Snapshot(folder, keep=2), every_n_iter=min(3000, max_iter))
    for coffee in coffees:
        add_coffee_break(solver, coffee, every_n_iter=min(5000, max_iter))
    solve(solver, net)


def pretrain(number):
    """Let one hidden layer encode what comes from below, with noise, so that it can be decoded again, without it."""
    clean = blobs[number - 1]
    noise = RandomMaskLayer(name="noise", ratio=MASKED[number - 1], bottoms=[clean], tops=["noisy"])
    encoder = hidden[number - 1].replace(bottoms=["noisy"])
    decoder = TiedInnerProductLayer(
        name=f"decoder{number}", tied_param_key=encoder.name, bottoms=encoder.tops, tops=["decoded"]
    )
    loss = SquareLossLayer(name="reconstruction", bottoms=["decoded", clean])
    layers = [data, *hidden[: number - 1], noise, encoder, decoder, loss]
    with Net(f"auto-encoder-{number}", backend, layers) as net:
        net.freeze_all()
        net.unfreeze(encoder.name, decoder.name)
        train(net, f"{options.snapshots}/layer{number}", options.pretrain_iter, 0.001)


if options.pretrain_iter:
    for number in (1, 2, 3):
        pretrain(number)

prediction = InnerProductLayer(name="prediction", output_dim=10, bottoms=["hidden3"], tops=["prediction"])
loss = SoftmaxLossLayer(name="loss", bottoms=["prediction", "label"])
accuracy = AccuracyLayer(name="test", bottoms=["prediction", "label"])
data_test = HDF5DataLayer(name="test-data", source=f"{options.data}/test.txt", batch_size=100)
net = Net("fine-tuning", backend, [data, *hidden, prediction, loss])
test_net = Net("test", backend, [data_test, *hidden, prediction, accuracy], phase="test")
with net, test_net:
    train(net, f"{options.snapshots}/fine-tuning", options.max_iter, 0.1, ValidationPerformance(test_net))
backend.close()
