"""Nets for prediction with fewer layers: normalisation and scales merged into the layers before them."""

from .folding import fold as fold
