"""The compiled CPU backend of Mocha."""

from .backend import CythonBackend as CythonBackend
