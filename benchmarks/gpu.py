"""Everything that needs a GPU, in one call under 8 minutes: is it right, and how fast is it? See docs/speed.md.

Conformance, trainings beside the processor's, graphs beside plain calls, compute-sanitizer, training steps beside
PyTorch's, time to 99 % on MNIST. Needs mocha-cuda with CuPy, and for the contests torch. `--dry-run` needs neither: it
does all of it in the simulation, with tiny nets and stand-ins for PyTorch, to see that this program works.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from importlib import metadata
from pathlib import Path

from on_gpu.conformance import conformance
from on_gpu.contest import contest_of, hold
from on_gpu.mnist import mnist
from on_gpu.outcome import FAILED, Budget, Outcome, Part
from on_gpu.sanitizer import sanitize, work
from on_gpu.setting import Setting
from on_gpu.side_by_side import side_by_side
from on_gpu.trajectories import parity, replay
from peers.environment import git_commit
from peers.tables import add_section, table

PARTS = ("conformance", "parity", "replay", "sanitizer", "contests", "mnist")
PACKAGES = ("mocha-core", "mocha-cuda", "cupy-cuda13x", "nvidia-cudnn-cu13", "torch", "triton", "numpy")
SECONDS = 450.0


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="in the simulation, with tiny nets")
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--nets", nargs="+", default=(), help="of the contests; default: all")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for everything together")
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--math", default="float32", choices=("float32", "tf32", "bf16"))
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="with the four files of MNIST")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="add the results to this file")
    parser.add_argument("--commit", default="", help="to name in the results; default: what git says")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def plan(args: argparse.Namespace, setting: Setting) -> list[Part]:
    """The parts that were asked for, with the time that each may take at most."""
    again = partial(_again, args)
    contests = partial(side_by_side, setting, nets=args.nets, child=lambda net, left: again(f"contest:{net}", left))
    sanitized = partial(sanitize, setting, child=again("sanitize", args.seconds))
    every = {
        "conformance": Part("conformance", "Conformance kit", 90, partial(conformance, setting)),
        "parity": Part("parity", "Trainings beside the processor's", 70, partial(parity, setting)),
        "replay": Part("replay", "Graphs beside plain calls", 40, partial(replay, setting)),
        "sanitizer": Part("sanitizer", "compute-sanitizer", 60, sanitized),
        "contests": Part("contests", "Training steps beside PyTorch's", 300, contests),
        "mnist": Part("mnist", "MNIST to 99 %", 30, partial(mnist, setting, folder=args.mnist)),
    }
    return [every[name] for name in PARTS if name in args.parts]


def describe(args: argparse.Namespace, setting: Setting) -> str:
    """Date, commit, device, versions."""
    with setting.open() as backend:
        device = setting.facts(backend)
    versions = ", ".join((f"Python {platform.python_version()}", *_versions()))
    kind = "DRY RUN, in the simulation: the figures mean nothing. " if setting.dry else ""
    return f"{kind}{date.today()}, commit {args.commit or git_commit()}; {device}; {versions}"


def report(about: str, outcomes: Sequence[Outcome]) -> list[str]:
    """The lines of all parts, with a table of their verdicts above."""
    rows = [(each.title, each.verdict, f"{each.seconds:.0f} s") for each in outcomes]
    return [*table(("part", "verdict", "time"), rows), "", *(line for each in outcomes for line in each.section())]


def main() -> int:
    args = parsed()
    setting = Setting(args.dry_run, args.device, args.math)
    if args.child:
        return _child(args, setting)
    about = describe(args, setting)
    print(about, flush=True)
    outcomes = Budget(args.seconds).run(plan(args, setting))
    lines = report(about, outcomes)
    print("\n".join(lines[: len(outcomes) + 3]))
    if args.markdown:
        command = f"`benchmarks/gpu.py {' '.join(sys.argv[1:])}`"
        add_section(args.markdown, "On a GPU", f"{about}. {command}", lines)
    return int(any(each.verdict == FAILED for each in outcomes))


def _child(args: argparse.Namespace, setting: Setting) -> int:
    task, _, net = args.child.partition(":")
    if task == "sanitize":
        work(setting)
    else:
        hold(setting, contest_of(setting, net), args.seconds, lambda line: print(line, flush=True))
    return 0


def _again(args: argparse.Namespace, task: str, seconds: float) -> list[str]:
    """This program, for a task of its own."""
    told = ["--child", task, "--seconds", f"{seconds:.1f}", "--device", str(args.device), "--math", args.math]
    return [sys.executable, str(Path(__file__).resolve()), *told, *(["--dry-run"] if args.dry_run else [])]


def _versions() -> list[str]:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    raise SystemExit(main())
