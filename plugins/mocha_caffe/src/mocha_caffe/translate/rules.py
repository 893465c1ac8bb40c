"""Which layers take part: Caffe's NetState and the rules under include and exclude."""

from __future__ import annotations

from dataclasses import dataclass

from mocha_core.errors import TopologyError

from ..formats import Message
from .settings import Settings

TO_MOCHA = {"TRAIN": "train", "TEST": "test"}


@dataclass(frozen=True, slots=True)
class State:
    """The state of a net: its phase, in Mocha's spelling, its level and its stages."""

    phase: str
    level: int = 0
    stages: frozenset[str] = frozenset()


def state_of(net: Message, settings: Settings) -> State:
    """What the user asked for, on top of what the net's own `state` says."""
    level = settings.level or int(net.state.level)
    return State(settings.phase, level, frozenset({*net.state.stage, *settings.stages}))


def selected(net: Message, settings: Settings) -> list[Message]:
    """The layers that take part, in their order."""
    state = state_of(net, settings)
    return [layer for layer in net.layer if _takes_part(layer, state)]


def _takes_part(layer: Message, state: State) -> bool:
    if layer.include and layer.exclude:
        raise TopologyError(f"{layer.place}: layer {layer.name!r} has both include and exclude; keep one of them")
    if layer.include:
        return any(meets(rule, state) for rule in layer.include)
    return not any(meets(rule, state) for rule in layer.exclude)


def meets(rule: Message, state: State) -> bool:
    """Whether a state meets everything that a rule says.

    >>> meets(Message("NetStateRule", phase="TEST", not_stage=["deploy"]), State("test"))
    True
    """
    if "phase" in rule and TO_MOCHA.get(rule.phase) != state.phase:
        return False
    if "min_level" in rule and state.level < rule.min_level:
        return False
    if "max_level" in rule and state.level > rule.max_level:
        return False
    return state.stages.issuperset(rule.stage) and state.stages.isdisjoint(rule.not_stage)
