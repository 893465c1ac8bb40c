"""A roofline as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .roofline import Row

HEAD = f"{'pass':8}  {'MFLOP':>10}  {'MB':>9}  {'ms':>9}  {'floor ms':>9}  {'share':>6}  {'GFLOP/s':>8}  {'GB/s':>7}"


def roofline_lines(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each row: its least work, its time, the floor, floor / time, and the rates of that work.

    >>> from mocha_core.net.roofline import Work
    >>> print(*roofline_lines([Row("ip1", "forward", Work(2 * 10**9, 10**7), 0.010, 0.004)]), sep="\\n")
    layer  pass           MFLOP         MB         ms   floor ms   share   GFLOP/s     GB/s
    ip1    forward       2000.0      10.00     10.000      4.000    40 %     200.0      1.0
    """
    width = max(len(name) for name in ("layer", *(row.name for row in rows)))
    yield f"{'layer':{width}}  {HEAD}"
    for row in rows:
        flops, nbytes = row.work.flops, row.work.nbytes
        work = f"{flops / 1e6:10.1f}  {nbytes / 1e6:9.2f}"
        times = f"{1e3 * row.seconds:9.3f}  {1e3 * row.floor:9.3f}  {100 * row.share:4.0f} %"
        rates = f"{_rate(flops, row):8.1f}  {_rate(nbytes, row):7.1f}"
        yield f"{row.name:{width}}  {row.direction:8}  {work}  {times}  {rates}"


def _rate(amount: int, row: Row) -> float:
    """Billions a second."""
    return amount / row.seconds / 1e9 if row.seconds else 0.0
