"""Nets: from layers to bound steps. `Net` is the way in."""

from .net import Net as Net
