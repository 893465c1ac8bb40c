"""A whole program: imports, layers, and a function that builds the net."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import mocha_core
from mocha_core.layer import Layer
from mocha_core.plan import TEST, TRAIN

from ..translate import Model
from .values import called, classes, code, options

WIDTH = 120
LEARNING = ("_init", "_regu", "_cons", "_lr")
HEAD = '''"""{name}, from {source}.

{about}
"""

'''
FOOT = '''

def build(backend, phase="{phase}", **options):
    """The net; options are those of Net."""
    return Net({name}, backend, LAYERS, phase=phase, **options)


if __name__ == "__main__":
    with DefaultBackend() as backend, build(backend) as net:
{load}        print(net.summary())
'''
WEIGHTS = "        load_network({path}, net)\n"
DECAY = "Caffe's weight_decay is regu_coef of the solver."


def to_python(models: Mapping[str, Model], source: str, weights: Path | None = None) -> str:
    """Source for the net of each phase that is given; layers of one phase only say so.

    weights: a file of Mocha's own, which the program loads.
    """
    model = next(iter(models.values()))
    layers = _merged(models)
    shared = _shared(layers)
    lines = [_layer(layer, shared) for layer in layers]
    names = ["DefaultBackend", "Net", *(["load_network"] if weights else [])]
    title = " ".join(model.name.split()).replace('"', "'").replace("\\", "/")
    head = HEAD.format(name=title, source=source.replace("\\", "/"), about=DECAY)
    foot = FOOT.format(
        phase=TEST if TEST in models else TRAIN,
        name=code(model.name),
        load=WEIGHTS.format(path=code(str(weights))) if weights else "",
    )
    body = "".join(_dictionary(_constant(kind), common) for kind, common in shared.items())
    return f"{head}{_imports(layers, names)}\n\n{body}{chr(10) if body else ''}LAYERS = [\n{''.join(lines)}]\n{foot}"


def _merged(models: Mapping[str, Model]) -> list[Layer]:
    """The layers of all phases, each once, in an order that suits all."""
    if len(models) == 1:
        return list(next(iter(models.values())).layers)
    train, test = models[TRAIN].layers, models[TEST].layers
    texts = tuple([code(layer) for layer in layers] for layers in (train, test))
    merged: list[Layer] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
        if tag == "equal":
            merged += train[a:b]
        else:
            merged += [layer.replace(phases=(TRAIN,)) for layer in train[a:b]]
            merged += [layer.replace(phases=(TEST,)) for layer in test[c:d]]
    return merged


def _shared(layers: Sequence[Layer]) -> dict[type[Layer], dict[str, str]]:
    """For each class of which there are several: how all their parameters start and learn, where that is the same."""
    found: dict[type[Layer], dict[str, str]] = {}
    for kind in {type(layer): None for layer in layers}:
        mine = [options(layer) for layer in layers if type(layer) is kind]
        common = {
            name: text
            for name, text in mine[0].items()
            if name.endswith(LEARNING) and all(each.get(name) == text for each in mine)
        }
        if len(mine) > 1 and common:
            found[kind] = common
    return found


def _dictionary(name: str, common: Mapping[str, str]) -> str:
    """Options that many layers have, in one line if they fit."""
    items = [f"{code(option)}: {text}" for option, text in common.items()]
    line = f"{name} = {{{', '.join(items)}}}\n"
    return line if len(line) <= WIDTH + 1 else f"{name} = {{\n{''.join(f'    {item},{chr(10)}' for item in items)}}}\n"


def _constant(kind: type[Layer]) -> str:
    """A name for the options that all layers of a class have: ConvolutionLayer -> CONVOLUTION."""
    return called(kind).replace(".", "_").removesuffix("Layer").upper()


def _layer(layer: Layer, shared: Mapping[type[Layer], dict[str, str]]) -> str:
    """One layer, in one line if it fits."""
    common = shared.get(type(layer), {})
    given = [f"{name}={text}" for name, text in options(layer).items() if name not in common]
    given += [f"**{_constant(type(layer))}"] if common else []
    line = f"    {called(type(layer))}({', '.join(given)}),\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"    {called(type(layer))}(\n{''.join(f'        {each},{chr(10)}' for each in given)}    ),\n"


def _imports(layers: Iterable[Layer], names: Iterable[str]) -> str:
    """Import lines for everything that is named: what is public in mocha_core from there."""
    modules: dict[str, set[str]] = {"mocha_core": set(names)}
    for kind in {kind for layer in layers for kind in classes(layer)}:
        root = called(kind).partition(".")[0]
        module = "mocha_core" if root in mocha_core.__all__ else _home(kind, root)
        modules.setdefault(module, set()).add(root)
    return "\n".join(_import(module, sorted(found)) for module, found in sorted(modules.items()))


def _home(kind: type[object], root: str) -> str:
    """The outermost package that gives the class."""
    parts = kind.__module__.split(".")
    packages = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return next((name for name in packages if vars(sys.modules.get(name)).get(root) is kind), kind.__module__)


def _import(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n{''.join(f'    {name},{chr(10)}' for name in names)})"
