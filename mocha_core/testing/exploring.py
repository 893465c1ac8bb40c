"""How many cases are tried, and how: the same few each time, or many new ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

from hypothesis import HealthCheck, example, given, settings
from hypothesis.strategies import SearchStrategy

from .case import Case

PROFILE = "MOCHA_TESTING"
"""The environment variable: "quick" (the default: a few cases, the same each time) or "thorough" (many, new ones)."""

_COMMON = settings(deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
PROFILES = {
    "quick": settings(_COMMON, max_examples=4, derandomize=True),
    "thorough": settings(_COMMON, max_examples=200),
}


def explore(family_cases: SearchStrategy[Case], plain: Case, body: Callable[[Case], None]) -> None:
    """Run `body` on the plain case and on cases from the strategy; a failing case is made as small as it can be."""

    @_profile()
    @given(case=family_cases)
    @example(case=plain)
    def run(case: Case) -> None:
        body(case)

    run()


@lru_cache
def _profile() -> settings:
    return PROFILES[os.environ.get(PROFILE, "quick")]
