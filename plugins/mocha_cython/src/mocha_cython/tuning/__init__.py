"""Autotuning: how a layer is computed is measured on its own shape, once, and remembered on disk."""

from .store import usual_store as usual_store
from .tunable import NO_SETTINGS as NO_SETTINGS
from .tunable import Decision as Decision
from .tunable import Settings as Settings
from .tunable import Tunable as Tunable
from .tunable import build as build
from .tuner import Tuner as Tuner
