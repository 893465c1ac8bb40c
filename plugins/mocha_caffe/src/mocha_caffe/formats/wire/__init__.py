"""Caffe's binary format, in and out."""

from .reader import open_wire as open_wire
from .reader import parse_wire as parse_wire
from .reader import read_all as read_all
from .writer import save_wire as save_wire
from .writer import write_wire as write_wire
