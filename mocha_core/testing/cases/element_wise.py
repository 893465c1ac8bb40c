"""Cases of `ElementWiseLayer`, one family for each functor of two, one for those of many, and of `PowerLayer`."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import ElementWiseFunctors as F
from ...layers import ElementWiseLayer, PowerLayer
from ..case import Bottom, Case
from ..family import Family, family
from ..strategies import bottoms, names, shapes

FUNCTORS = {
    "add": F.Add(),
    "subtract": F.Subtract(),
    "multiply": F.Multiply(),
    "divide": F.Divide(),
}
PLAIN_POWER = Case(PowerLayer(name="power", power=2, bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_MANY = Case(ElementWiseLayer(name="add", bottoms=["x0", "x1"], tops=["y"]), bottoms((3, 5), (3, 5)))
PLAIN_ROOT = Case(PowerLayer(name="power", power=0.5, bottoms=["x0"], tops=["y0"]), bottoms((3, 5), kind="positive"))


def _element_wise(label: str) -> Family:
    layer = ElementWiseLayer(name=label, operation=FUNCTORS[label], bottoms=["a", "b"], tops=["y"])

    def operands(shape: tuple[int, ...]) -> Case:
        return Case(layer, (Bottom(shape), Bottom(shape, "positive")))

    return family(f"element-wise-{label}", operands((3, 5)))(lambda: shapes(1, 4).map(operands))


element_wise = tuple(_element_wise(label) for label in FUNCTORS)


@family("element-wise-many", PLAIN_MANY)
@st.composite
def many(draw: st.DrawFn) -> Case:
    """Sums with and without coefficients, products, maxima, of two to four blobs."""
    count = draw(st.integers(2, 4))
    coefficients = draw(st.sampled_from([(), (1.0, -2.0, 0.5, 3.0)]))[:count]
    operation = draw(st.sampled_from([F.Sum(coefficients), F.Product(), F.Product(stable=False), F.Maximum()]))
    layer = ElementWiseLayer(name="many", operation=operation, bottoms=names("x", count), tops=["y"])
    return Case(layer, bottoms(*(draw(shapes(1, 4)),) * count))


@st.composite
def _powers(draw: st.DrawFn, powers: tuple[float, ...], kind: str) -> Case:
    count = draw(st.integers(1, 2))
    layer = PowerLayer(
        name="power",
        power=draw(st.sampled_from(powers)),
        scale=draw(st.sampled_from([0.0, 0.5, 1.0, 2.0])),
        shift=draw(st.sampled_from([0.25, 1.0])),
        bottoms=names("x", count),
        tops=names("y", count),
    )
    return Case(layer, bottoms(*(draw(shapes(1, 4)) for _ in range(count)), kind=kind))


power = family("power-whole", PLAIN_POWER)(lambda: _powers((0, 1, 2, 3, 4), "signed"))
root = family("power-any", PLAIN_ROOT)(lambda: _powers((-2, -1, -0.5, 0.5, 1.5), "positive"))
