"""What Caffe's messages look like: names, numbers, types and defaults, as data."""

from .declarations import EnumType as EnumType
from .declarations import Field as Field
from .declarations import MessageType as MessageType
from .registry import message_type as message_type
from .registry import message_types as message_types
