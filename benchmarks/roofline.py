"""Where the time of a training step goes, layer by layer, beside what the machine allows: see docs/speed.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from peers.contests import CONTESTS, NETS, TRAINING
from peers.environment import describe, start_clean
from peers.tables import add_section


def lines_of(name: str, args: argparse.Namespace) -> list[str]:
    """The table of one net: of a training step, or of a prediction where there is nothing to train."""
    import nets

    import mocha_core as mocha
    from mocha_core.net.machine import measure_machine
    from mocha_core.net.roofline import measure_rows, measure_update
    from mocha_core.net.roofline_table import roofline_lines

    shape = next(contest.shape for contest in CONTESTS if contest.net == name)
    trained = any(contest.task == TRAINING for contest in CONTESTS if contest.net == name)
    with mocha.DefaultBackend(args.backend) as backend:
        machine = measure_machine(backend, 1e9 * args.peak, 1e9 * args.bandwidth)
        layers = getattr(nets, name)(shape[0])
        with mocha.Net(name, backend, layers, phase="train" if trained else "test") as net:
            rows = measure_rows(net, machine, args.iterations)
            if trained:
                solver = mocha.Solver(mocha.SGD(), {"max_iter": 1})
                rows.append(measure_update(solver, net, machine, args.iterations))
        return [f"{name}, {shape[0]}, on {backend!r}; {machine.describe()}", *roofline_lines(rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", nargs="+", default=NETS, choices=NETS)
    parser.add_argument("--backend", help="default: the best installed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--peak", type=float, default=0.0, metavar="GFLOP/S", help="instead of measuring it")
    parser.add_argument("--bandwidth", type=float, default=0.0, metavar="GB/S", help="instead of measuring it")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="add the tables to this file")
    parser.add_argument("--commit", default="", help="to name in the tables; default: what git says")
    args = parser.parse_args()
    start_clean(args.threads)
    tables = []
    for name in args.nets:
        tables.append("\n".join(lines_of(name, args)))
        print(tables[-1], flush=True)
    if args.markdown:
        text = "\n\n".join(f"```\n{text}\n```" for text in tables)
        add_section(args.markdown, "Rooflines", describe(args.threads, args.commit), text.splitlines())


if __name__ == "__main__":
    main()
