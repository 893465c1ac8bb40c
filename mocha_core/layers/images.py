"""What layers that read images ask of their bottoms and of options such as kernel, stride and pad."""

from __future__ import annotations

from ..blob import BlobSpec
from ..layer import Layer
from ..ops import size_option

LEAST = {"kernel": 1, "stride": 1, "pad": 0, "dilation": 1}


def need_images(layer: Layer, bottoms: tuple[BlobSpec, ...], axes: int = 2) -> None:
    """Refuse a bottom that is no batch of images with so many axes; 0 means any number of them, at least one."""
    for name, bottom in zip(layer.bottoms, bottoms, strict=True):
        if len(bottom.shape) < 3 or axes not in (0, len(bottom.shape) - 2):
            sides = ", ".join(side_names(axes)) if axes else "and at least one axis more"
            raise layer.misfit(
                f"{name!r} is {bottom}, and the layer reads images (num, channels, {sides}); "
                f"put a ReshapeLayer before it"
            )


def check_sizes(layer: Layer, *options: str) -> None:
    """Normalise the options of these names; refuse numbers too small, and tuples for different numbers of axes."""
    for option in options:
        value = size_option(getattr(layer, option), f"layer {layer.name!r}: {option}", LEAST[option])
        layer._put(option, value)
    tuples = {option: value for option in options if isinstance(value := getattr(layer, option), tuple)}
    if len({len(value) for value in tuples.values()}) > 1:
        said = " and ".join(f"{option}={value}" for option, value in tuples.items())
        raise layer.refuse(f"{said} are for different numbers of axes; give each as many numbers as images have axes")


def image_axes(layer: Layer, *options: str) -> int:
    """For images of how many axes the options of these names are; 0 if none says, being one number for all axes."""
    lengths = [len(value) for option in options if isinstance(value := getattr(layer, option), tuple)]
    return max(lengths, default=0)


def side_names(axes: int) -> tuple[str, ...]:
    """What the axes of an image are called.

    >>> side_names(2)
    ('height', 'width')
    """
    return tuple(f"axis {k + 2}" for k in range(axes)) if axes > 3 else ("depth", "height", "width")[3 - axes :]


def times(shape: tuple[int, ...]) -> str:
    """A size as users read it.

    >>> times((28, 20))
    '28 x 20'
    """
    return " x ".join(map(str, shape))
