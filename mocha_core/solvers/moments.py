"""Adam's step, which `Adam` and `AdamW` share."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array
from .method import UpdateValues


def moment_step(xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
    """What to subtract from the weight, and the new moments.

    m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  step = lr c sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)
    """
    g, m, v = u.grad, u.history["first_moment"], u.history["second_moment"]
    beta1, beta2 = u.fields["beta1"], u.fields["beta2"]
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g * g)
    rate = u.fields["learning_rate"] * u.rate * unbiased(beta1, beta2, u.updates)
    return rate * m / (xp.sqrt(v) + u.fields["epsilon"]), {"first_moment": m, "second_moment": v}


def unbiased(beta1: float, beta2: float, t: int) -> float:
    """What makes up for moments that started at zero, t updates ago: sqrt(1 - b2^t) / (1 - b1^t)."""
    return math.sqrt(1 - beta2**t) / (1 - beta1**t)
