"""What layers that read images ask of their bottoms."""

from __future__ import annotations

from ..blob import BlobSpec
from ..layer import Layer


def need_images(layer: Layer, bottoms: tuple[BlobSpec, ...]) -> None:
    """Refuse a bottom that is no batch of images."""
    for name, bottom in zip(layer.bottoms, bottoms, strict=True):
        if len(bottom.shape) != 4:
            raise layer.misfit(
                f"{name!r} is {bottom}, and the layer reads images (num, channels, height, width); "
                f"put a ReshapeLayer before it"
            )
