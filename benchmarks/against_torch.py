"""Training steps and predictions of Mocha, PyTorch and ONNX Runtime, in turn, in one process: `make bench`.

Needs `torch==2.13.0` (and, for the mode "onnx", `onnx` and `onnxruntime`) beside mocha-core and a backend. Ratios are
ours over the best rival's of the same round: their median, and the middle half. Run it where nothing else runs; see
docs/speed.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from peers.contests import CONTESTS, INFERENCE, MODES, NETS, TRAINING, Contest
from peers.environment import describe, start_clean
from peers.rounds import Pace, measure
from peers.tables import add_section, table

TASKS = {"training": TRAINING, "inference": INFERENCE}


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", nargs="+", default=NETS, choices=NETS)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=TASKS)
    parser.add_argument("--modes", nargs="+", default=MODES, choices=MODES)
    parser.add_argument("--backend", help="of Mocha; default: the best installed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=0, help="steps a turn; default: as many as take half a second")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="add the tables to this file")
    parser.add_argument("--commit", default="", help="to name in the tables; default: what git says")
    return parser.parse_args()


def run(contests: Sequence[Contest], args: argparse.Namespace) -> list:
    """Hold the contests one after the other; print what they show."""
    import torch
    from peers.contestants import contestants
    from peers.report import Result

    import mocha_core as mocha

    torch.set_num_threads(args.threads)
    results = []
    for contest in contests:
        torch.compiler.reset()
        with mocha.DefaultBackend(args.backend) as backend:
            steps = contestants(contest, backend, args.modes, args.threads)
            results.append(Result(contest, measure(steps, Pace(args.rounds, args.repeats))))
        print("\n".join(results[-1].lines()), flush=True)
    return results


def main() -> None:
    args = parsed()
    start_clean(args.threads)
    about = describe(args.threads, args.commit)
    print(about, flush=True)
    tasks = [TASKS[task] for task in args.tasks]
    results = run([c for c in CONTESTS if c.net in args.nets and c.task in tasks], args)
    from peers.report import HEAD

    lines = table(HEAD, [result.row() for result in results])
    print("\n".join(lines))
    if args.markdown:
        command = f"`benchmarks/against_torch.py {' '.join(sys.argv[1:])}`"
        every = ["```", *(line for result in results for line in result.lines()), "```"]
        add_section(args.markdown, "Against PyTorch and ONNX Runtime", f"{about}. {command}", [*lines, "", *every])


if __name__ == "__main__":
    main()
