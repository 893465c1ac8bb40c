"""LeNet on MNIST: the program of Mocha's manual, line for line.

First fetch the data: mocha data mnist --to examples/mnist/data
"""

import argparse
from pathlib import Path

from mocha_core import *

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--data", default="examples/mnist/data", metavar="DIR", help="where train.txt and test.txt are")
parser.add_argument("--snapshots", default="snapshots/mnist", metavar="DIR", help="where training goes on from")
parser.add_argument("--backend", help="its name; otherwise the best that works here")
parser.add_argument("--max-iter", type=int, default=10000)
options = parser.parse_args()
if not Path(options.data, "train.txt").is_file():
    parser.error(f"{options.data} has no train.txt; first: mocha data mnist --to {options.data}")

# fmt: off
data  = HDF5DataLayer(name="train-data", source=f"{options.data}/train.txt", batch_size=64)
conv  = ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv"])
pool  = PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv"], tops=["pool"])
conv2 = ConvolutionLayer(name="conv2", n_filter=50, kernel=(5, 5), bottoms=["pool"], tops=["conv2"])
pool2 = PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"])
fc1   = InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"])
fc2   = InnerProductLayer(name="ip2", output_dim=10, bottoms=["ip1"], tops=["ip2"])
loss  = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])

backend = DefaultBackend(options.backend)
init(backend)

common_layers = [conv, pool, conv2, pool2, fc1, fc2]
net = Net("MNIST-train", backend, [data, *common_layers, loss])

exp_dir = options.snapshots
solver_method = SGD()
params = make_solver_parameters(solver_method, max_iter=options.max_iter, regu_coef=0.0005,
                                mom_policy=MomPolicy.Fixed(0.9),
                                lr_policy=LRPolicy.Inv(0.01, 0.0001, 0.75),
                                load_from=exp_dir)
solver = Solver(solver_method, params)

setup_coffee_lounge(solver, save_into=f"{exp_dir}/statistics.h5", every_n_iter=1000)

# report training progress every 100 iterations
add_coffee_break(solver, TrainingSummary(), every_n_iter=100)

# save snapshots every 5000 iterations
add_coffee_break(solver, Snapshot(exp_dir), every_n_iter=5000)

# show performance on test data every 1000 iterations
data_test = HDF5DataLayer(name="test-data", source=f"{options.data}/test.txt", batch_size=100)
accuracy = AccuracyLayer(name="test-accuracy", bottoms=["ip2", "label"])
test_net = Net("MNIST-test", backend, [data_test, *common_layers, accuracy], phase="test")
add_coffee_break(solver, ValidationPerformance(test_net), every_n_iter=1000)

solve(solver, net)

destroy(net)
destroy(test_net)
shutdown(backend)
