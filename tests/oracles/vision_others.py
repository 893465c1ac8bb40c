"""What Caffe's conv_axis2, which Mocha lacks, adds to the gradient of v, in plain NumPy."""

from __future__ import annotations

import numpy as np

from .dumps import Arrays, Host


def gradient_by_v(caffe: Arrays) -> Host:
    """A convolution of the planes (axes 3 and 4), whose channels are axis 2; kernel 3, pad 1."""
    v, dy, weight = caffe["blobs/v"], caffe["blob_diff/conv_axis2"], caffe["params/conv_axis2/0"]
    height, width = v.shape[3:]
    padded = np.zeros((*v.shape[:3], height + 2, width + 2))
    for row, column in np.ndindex(3, 3):
        cell = np.einsum("ncfhw,fd->ncdhw", dy, weight[:, :, row, column])
        padded[..., row : row + height, column : column + width] += cell
    return padded[..., 1:-1, 1:-1]
