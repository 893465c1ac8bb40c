"""What is wrong with a Caffe file."""

from __future__ import annotations

from mocha_core.errors import SnapshotError


class CaffeFileError(SnapshotError):
    """A Caffe file cannot be read: it is damaged, hostile, or something else; the text names the place."""


class TextError(CaffeFileError):
    """A prototxt is not well formed; the text names file, line and column, and what was expected."""


class WireError(CaffeFileError):
    """A binary file is truncated or corrupt; the text names the byte."""


class UpgradeError(CaffeFileError):
    """A net of an old format contradicts itself, so that Caffe refuses it too."""
