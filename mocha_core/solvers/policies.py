"""Learning-rate and momentum policies, and which of the two a policy is."""

from __future__ import annotations

from .lr_policies import LRPolicy as LRPolicy
from .mom_policies import MomPolicy as MomPolicy
from .policy import Policy as Policy
from .policy import StagedPolicy as StagedPolicy


def is_policy_of(family: type[LRPolicy] | type[MomPolicy], policy: object) -> bool:
    """Whether `policy` is one of the family's own kinds, or one of a third party's."""
    other = MomPolicy if family is LRPolicy else LRPolicy
    return isinstance(policy, Policy) and not type(policy).__qualname__.startswith(f"{other.__name__}.")
