"""What `import mocha_core` and `from mocha_core import *` give."""

from __future__ import annotations

import pkgutil
import types

import pytest

import mocha_core
from mocha_core import api


def test_star_gives_the_public_names_and_no_submodule() -> None:
    names: dict[str, object] = {}
    exec("from mocha_core import *", names)
    assert {"Net", "ConvolutionLayer", "Neurons", "DefaultBackend", "SGD", "solve", "MochaError"} <= set(names)
    assert not [name for name, value in names.items() if isinstance(value, types.ModuleType)]
    assert "random" not in names


def test_names_are_those_of_api() -> None:
    assert mocha_core.Net is api.Net
    assert dir(mocha_core) == sorted(api.__all__)


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'mocha_core' has no attribute 'Nett'"):
        mocha_core.Nett  # type: ignore[attr-defined] # noqa: B018


def test_no_public_name_is_hidden_by_a_submodule() -> None:
    """`from mocha_core import x` would give the submodule as soon as anything has imported it."""
    submodules = {module.name for module in pkgutil.iter_modules(mocha_core.__path__)}
    assert not submodules & set(api.__all__)
