"""Training steps of Mocha and of PyTorch, in turn, in one process: `make bench`.

Needs `torch==2.13.0` beside mocha-core and a backend. Times on a shared machine mean little; the ratios of medians,
taken in alternating rounds, mean more. Run it on an idle machine, with OPENBLAS_CORETYPE unset.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import date

Step = Callable[[], None]
NETS = {"lenet": (64, 1, 28, 28), "cifar10_full": (100, 3, 32, 32), "dropout_mlp": (100, 784)}
MODES = ("eager", "channels_last", "compile")


def mocha_step(net_name: str, batch: int, backend_name: str | None) -> Step:
    """Forward, backward and SGD update of a Mocha net."""
    import nets

    import mocha_core as mocha

    net = mocha.Net(net_name, mocha.DefaultBackend(backend_name), getattr(nets, net_name)(batch))
    method = mocha.SGD()
    options = {"regu_coef": 0.0005, "lr_policy": mocha.LRPolicy.Fixed(1e-4), "mom_policy": mocha.MomPolicy.Fixed(0.9)}
    solver = mocha.Solver(method, mocha.make_solver_parameters(method, max_iter=10**9, **options))
    state = mocha.init_solve(solver, net)
    return lambda: mocha.onestep_solve(solver, net, state)


def contestants(name: str, backend: str | None, modes: list[str]) -> dict[str, Step]:
    """Every way of doing the step."""
    import torch_nets  # only where PyTorch is installed

    shape = NETS[name]
    steps = {"mocha": mocha_step(name, shape[0], backend)}
    for mode in modes:
        if not (mode == "channels_last" and len(shape) == 2):
            steps[f"torch {mode}"] = torch_nets.training_step(getattr(torch_nets, name)(), shape, mode)
    return steps


def measure(steps: dict[str, Step], rounds: int, repeats: int) -> dict[str, list[float]]:
    """Seconds per step, one figure per round: all contestants take turns."""
    for step in steps.values():
        for _ in range(3):
            step()
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(repeats):
                step()
            times[name].append((time.perf_counter() - start) / repeats)
    return times


def report(name: str, times: dict[str, list[float]]) -> None:
    """Medians, spreads, and the ratio to the best of PyTorch's modes."""
    medians = {who: statistics.median(seconds) for who, seconds in times.items()}
    best = min((median, who) for who, median in medians.items() if who != "mocha")
    print(f"\n{name}, batch {NETS[name][0]}")
    for who, seconds in times.items():
        low, high = 1e3 * min(seconds), 1e3 * max(seconds)
        print(f"  {who:20} {1e3 * medians[who]:8.2f} ms   ({low:.2f} ... {high:.2f})")
    print(f"  mocha / {best[1]} = {medians['mocha'] / best[0]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", default=list(NETS), help=f"of {', '.join(NETS)}")
    parser.add_argument("--backend", help="of Mocha; default: the best installed")
    parser.add_argument("--modes", nargs="*", default=list(MODES), choices=MODES)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    import numpy
    import torch

    torch.set_num_threads(args.threads)
    print(f"{date.today()}, {platform.processor() or platform.machine()}, {os.cpu_count()} processors, ", end="")
    print(f"Python {platform.python_version()}, numpy {numpy.__version__}, torch {torch.__version__}, ", end="")
    print(f"{args.threads} threads, OPENBLAS_CORETYPE {os.environ.get('OPENBLAS_CORETYPE', 'unset')}")
    for name in args.nets:
        report(name, measure(contestants(name, args.backend, args.modes), args.rounds, args.repeats))


if __name__ == "__main__":
    main()
