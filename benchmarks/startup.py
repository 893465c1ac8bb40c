"""From the start of a process to one finished training step of LeNet: Mocha, and PyTorch beside it.

Wall clock, each time in a new process; one run of each that is not counted fills caches on disk (compiled Python,
autotuning). The clock is the system's, which all processes share; it stops when the step is done, before the exit.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from peers.environment import clean_environment, describe
from peers.tables import add_section, table

MOCHA = """
import nets
import mocha_core as mocha
net = mocha.Net("lenet", mocha.DefaultBackend(*BACKEND), nets.lenet(64))
solver = mocha.Solver(mocha.SGD(), {"max_iter": 1, "mom_policy": mocha.MomPolicy.Fixed(0.9)})
state = mocha.init_solve(solver, net)
mocha.onestep_solve(solver, net, state)
"""

TORCH = """
import torch
from peers import torch_nets
torch.set_num_threads(THREADS)
model = torch_nets.lenet()
sgd = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-3, foreach=True)
x, label = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
torch.nn.functional.cross_entropy(model(x), label).backward()
sgd.step()
"""

END = """
import time
print(time.monotonic())
"""


def seconds(program: str, threads: int) -> float:
    """How long one run takes."""
    command, here = [sys.executable, "-c", program + END], Path(__file__).parent
    options = {"cwd": here, "env": clean_environment(threads), "stdout": subprocess.PIPE, "text": True, "check": True}
    start = time.monotonic()
    done = subprocess.run(command, **options)
    return float(done.stdout.split()[-1]) - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", help="of Mocha; default: the best installed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="add the table to this file")
    parser.add_argument("--commit", default="", help="to name in the table; default: what git says")
    args = parser.parse_args()
    named = [args.backend] if args.backend else []
    programs = {"mocha": f"BACKEND = {named!r}\n{MOCHA}", "torch": f"THREADS = {args.threads}\n{TORCH}"}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(args.rounds + 1):
        for name, program in programs.items():
            taken = seconds(program, args.threads)
            if number:
                times[name].append(taken)
    rows = [(n, *(f"{f(t):.3f}" for f in (statistics.median, min, max))) for n, t in times.items()]
    lines = table(("start to one LeNet step", "median, s", "least, s", "most, s"), rows)
    about = describe(args.threads, args.commit)
    print("\n".join([about, *lines]))
    if args.markdown:
        add_section(args.markdown, "Start-up", about, lines)


if __name__ == "__main__":
    main()
