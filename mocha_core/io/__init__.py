"""Files: models, snapshots and statistics, all HDF5, all written whole or not at all."""

from .model_file import load_network as load_network
from .model_file import save_network as save_network
from .statistics_file import load_statistics as load_statistics
from .statistics_file import save_statistics as save_statistics
