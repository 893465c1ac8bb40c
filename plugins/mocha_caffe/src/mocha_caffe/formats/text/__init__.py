"""Prototxt, in and out."""

from .parser import parse_text as parse_text
from .writer import write_text as write_text
