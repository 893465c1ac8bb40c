"""Convolution of images."""

from .kernel import Convolution as Convolution
