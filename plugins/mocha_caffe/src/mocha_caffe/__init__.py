"""The Caffe importer of Mocha. It is not written yet, and it says so."""

from __future__ import annotations

from mocha_core.errors import PluginError


class CaffeImporter:
    """Will read `.prototxt` and `.caffemodel` files; making one is refused until it can.

    >>> CaffeImporter()
    Traceback (most recent call last):
    mocha_core.errors.PluginError: mocha-caffe 0.1.0 cannot read Caffe models yet...
    """

    def __init__(self) -> None:
        raise PluginError(
            "mocha-caffe 0.1.0 cannot read Caffe models yet; HDF5 model files written by Caffe load without it, "
            "through load_from= of the solver"
        )
