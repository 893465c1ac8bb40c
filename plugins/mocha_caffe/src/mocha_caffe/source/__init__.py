"""A model as Python source that builds the same net."""

from .program import to_python as to_python
