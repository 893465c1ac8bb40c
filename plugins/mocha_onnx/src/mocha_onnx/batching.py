"""Which sizes of a net change with the number of samples: its shapes for two numbers tell."""

from __future__ import annotations

from collections.abc import Mapping

from mocha_core.errors import OptionError, ShapeError
from mocha_core.net.deploying import Deployed
from mocha_core.topology import Version

from .graph import Dims
from .options import DYNAMIC


def planned(model: Deployed, batch: int | str) -> tuple[Deployed, Mapping[Version, Dims]]:
    """The model for the number of samples that is asked for, and the shapes of its blobs, None where sizes change."""
    if batch != DYNAMIC:
        fixed = model if batch == model.num else model.at(int(batch))
        return fixed, {version: value.spec.shape for version, value in fixed.graph.values.items()}
    other = another(model)
    values = other.graph.values
    return model, {
        version: tuple(n if n == m else None for n, m in zip(value.spec.shape, values[version].spec.shape, strict=True))
        for version, value in model.graph.values.items()
    }


def another(model: Deployed) -> Deployed:
    """The model for one sample more."""
    try:
        return model.at(model.num + 1)
    except ShapeError as error:
        raise OptionError(
            f"net {model.net.name!r} cannot take any number of samples: {error}; export with batch={model.num}"
        ) from error


def few_samples(model: Deployed) -> list[Deployed]:
    """The model for one sample and for two, if it can do with so few: two numbers to try a file with."""
    try:
        return [model.at(1), model.at(2)]
    except ShapeError:
        return [model, another(model)]
