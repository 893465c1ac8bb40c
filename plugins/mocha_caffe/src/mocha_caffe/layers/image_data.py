"""Batches from image files."""

from __future__ import annotations

from typing import Any

from mocha_core.ops.sizes import pair
from mocha_core.specs import spec

from ..data.decoding import COLOR, GRAY
from ..data.image_list import ListedPictures
from ..data.picture import Pictures
from .picture_data import PictureLayer


@spec(kw_only=True)
class ImageDataLayer(PictureLayer):
    """Reads the image files that a list names, each with a label: Caffe's ImageData. Needs Pillow.

    source: the list; on each line a path, a space and a label, a whole number.   root_folder: written in front of each
    path. A relative path counts from the working directory or, if nothing is there, from the list's folder.
    size: (height, width) that each image is brought to, as OpenCV does it; None: as it is.   is_color: three channels,
    blue, green and red, of any image; else one, the luminance.   batch_size, transformers: as in every data layer.
    shuffle: a new order each epoch.   rand_skip: at first, fewer than so many images are passed over.

    Tops: (num, channels, height, width) from 0 to 255, and (num,) for the labels. A `RandomCrop` or `CenterCrop` that
    is the first transformer admits images of different sizes.

    >>> ImageDataLayer(source="train.txt", batch_size=32, size=(256, 256), shuffle=True).is_color
    True
    """

    name: str = "image-data"
    source: str = ""
    root_folder: str = ""
    size: Any = None
    is_color: bool = True

    def check_pictures(self) -> None:
        if not self.source:
            raise self.refuse('source is missing; give the list of images: source="train.txt"')
        if self.size is not None:
            self._put("size", pair(self.size, f"{self.label}: size", 1))

    def pictures(self) -> Pictures:
        return ListedPictures(self.source, self.root_folder, self.size, COLOR if self.is_color else GRAY)
