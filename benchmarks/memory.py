"""Peak resident memory of training steps of CaffeNet, of Mocha and of PyTorch, each in a process of its own.

Three figures: after the imports, the highest before the steps (building, initialising), and the highest during them.
The last is what is compared; what the imports took is part of it.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from peers.contests import CAFFENET, TRAINING
from peers.environment import clean_environment, describe

CHILDREN = {
    "mocha": ("mocha", ""),
    "torch eager, foreach": ("eager", "foreach"),
    "torch eager, fused": ("eager", "fused"),
    "torch channels_last, fused": ("channels_last", "fused"),
}
STEPS = 3
MIB = 2**20
PEAK, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_bytes() -> int:
    """The most resident memory since the start, or since `reset_peak`."""
    if PEAK.is_file():
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", PEAK.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def reset_peak() -> None:
    """Count from now on, where the system can."""
    if RESET.is_file():
        RESET.write_text("5")


def child(who: str, backend: str | None, threads: int) -> dict[str, int]:
    """Bytes of one contestant, in this process."""
    mode, optimizer = CHILDREN[who]
    build = mocha_builder(backend) if mode == "mocha" else torch_builder(mode, optimizer, threads)
    figures = {"imports": peak_bytes()}
    step = build()
    figures["building"] = peak_bytes()
    reset_peak()
    for _ in range(STEPS):
        step()
    return figures | {"steps": peak_bytes()}


def mocha_builder(name: str | None) -> Callable[[], Callable[[], object]]:
    from peers.ours import Ours

    import mocha_core as mocha

    backend = mocha.DefaultBackend(name)
    return lambda: Ours("caffenet", CAFFENET[0], backend).training()


def torch_builder(mode: str, optimizer: str, threads: int) -> Callable[[], Callable[[], object]]:
    import numpy as np
    import torch
    from peers import torch_nets, torch_steps

    torch.set_num_threads(threads)
    x = np.random.default_rng(0).normal(size=CAFFENET).astype(np.float32)
    return lambda: torch_steps.training_step(torch_nets.caffenet(), x, mode, optimizer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", help="of Mocha; default: the best installed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="add the table to this file")
    parser.add_argument("--commit", default="", help="to name in the table; default: what git says")
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(child(args.child, args.backend, args.threads)))
        return
    from peers.tables import add_section, table

    rows = [(who, *(f"{value / MIB:.0f}" for value in asked(who, args).values())) for who in CHILDREN]
    lines = table((f"caffenet, {CAFFENET[0]}, {TRAINING}", "imports, MiB", "building, MiB", "steps, MiB"), rows)
    about = describe(args.threads, args.commit)
    print("\n".join([about, *lines]))
    if args.markdown:
        add_section(args.markdown, "Peak resident memory", about, lines)


def asked(who: str, args: argparse.Namespace) -> dict[str, int]:
    """What a process of its own says."""
    options = ["--threads", str(args.threads), *(["--backend", args.backend] if args.backend else [])]
    command = [sys.executable, __file__, "--child", who, *options]
    done = subprocess.run(command, env=clean_environment(args.threads), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
