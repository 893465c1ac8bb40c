"""The ONNX exporter of Mocha: nets as they predict, in standard operators, checked before the file is there."""

from .exporter import OnnxExporter as OnnxExporter
from .graph import Value as Value
from .place import Place as Place
from .registry import forget as forget
from .registry import translates as translates
