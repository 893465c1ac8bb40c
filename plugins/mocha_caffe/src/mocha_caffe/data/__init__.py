"""Caffe's data: databases of Datum records, lists of images, mean files, and what is done to the images."""

from .lmdb import Reader as Reader
from .mean_file import read_mean as read_mean
from .mean_file import write_mean as write_mean
from .transformers import AlwaysRandomMirror as AlwaysRandomMirror
from .transformers import SubMeanFile as SubMeanFile
