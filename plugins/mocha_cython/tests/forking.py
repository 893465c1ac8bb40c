"""A program whose children compute, and say as JSON which of them came to their parent's numbers.

With the argument "used" the parent's team of threads has worked before the forks, otherwise it works after them only.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core import ConvolutionLayer, InnerProductLayer, MemoryDataLayer, Net, Neurons, SquareLossLayer
from mocha_cython import CythonBackend

FORK: Any = multiprocessing.get_context("fork")
PATIENCE = 20.0
"""Seconds after which a child has no answer to give."""
TASKS = Path("/proc/self/task")
"""On Linux, the threads of the process that looks."""
X, T = (np.random.default_rng(0).normal(size=shape).astype("float32") for shape in ((8, 3, 20, 21), (8, 4)))
Host = np.ndarray[Any, Any]


def built() -> Net:
    net = Net(
        "n",
        CythonBackend(seed=1, threads=3, autotune=False),
        [
            MemoryDataLayer(name="data", tops=["x", "t"], data=[X, T], batch_size=len(X)),
            ConvolutionLayer(name="c", n_filter=24, kernel=(5, 5), neuron=Neurons.ReLU(), bottoms=["x"], tops=["c"]),
            InnerProductLayer(name="ip", output_dim=4, bottoms=["c"], tops=["y"]),
            SquareLossLayer(name="loss", bottoms=["y", "t"]),
        ],
    )
    net.init()
    return net


def learned(net: Net) -> Host:
    """The gradients of one batch."""
    net.forward_backward()
    return np.concatenate([each.diff.to_array().ravel() for each in net.trainable])


def in_child(job: Callable[[], Any]) -> Any:
    """What the job returns in a forked process; None if that does not answer."""
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: sender.send(job()))
    child.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(PATIENCE) else None
    except EOFError:
        return None
    finally:
        child.kill()
        child.join()


def in_thread(job: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(job()))
    thread.start()
    thread.join()
    return found[0]


def has_team(net: Net) -> bool:
    """Whether several threads work on the net in this process, also on a machine where they did better alone before."""
    net.backend.crowding.until = 0.0
    learned(net)
    return not TASKS.exists() or len(list(TASKS.iterdir())) >= net.backend.threads


def only_read() -> tuple[Host, list[Host]]:
    """The sum of the images by a child that computes nothing else, and what its parent learns in the meantime."""
    with FORK.Pool(2) as pool:
        sums = pool.map_async(np.sum, [X, X])
        meanwhile = [learned(net) for _ in range(3)]
        return sums.get(PATIENCE), meanwhile


def main() -> dict[str, bool]:
    if sys.argv[1:] == ["used"]:
        learned(net)
    children = {
        "its parent's net": in_child(lambda: learned(net)),
        "a net of its own": in_child(lambda: learned(built())),
        "a child's child": in_child(lambda: (learned(net), in_child(lambda: learned(net)))[1]),
        "forked by another thread": in_thread(lambda: in_child(lambda: learned(net))),
        "another thread of the child": in_child(lambda: in_thread(lambda: learned(net))),
    }
    team = in_child(lambda: has_team(net))
    sums, meanwhile = only_read()
    want = learned(net)
    same = {name: answer is not None and np.array_equal(answer, want) for name, answer in children.items()}
    return same | {
        "with a team": bool(team),
        "only reading": sums == [np.sum(X)] * 2,
        "the parent": has_team(net) and all(np.array_equal(each, want) for each in meanwhile),
    }


if __name__ == "__main__":
    net = built()
    print(json.dumps(main()))
