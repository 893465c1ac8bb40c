"""Plugins: packages found through their entry points, loaded only when they are asked for.

A name that means one object is an entry point (`load`, `find_layer`, ...); a question that many packages may answer is
a hook (`ask_hooks`). Nothing is looked for before the first question, and nothing is chosen in silence.
"""

from .finding import find as find
from .finding import find_coffee_break as find_coffee_break
from .finding import find_constraint as find_constraint
from .finding import find_initializer as find_initializer
from .finding import find_layer as find_layer
from .finding import find_neuron as find_neuron
from .finding import find_regularizer as find_regularizer
from .finding import find_solver as find_solver
from .hooks import Answer as Answer
from .hooks import PluginWarning as PluginWarning
from .hooks import ask_hooks as ask_hooks
from .listing import Installed as Installed
from .listing import installed as installed
from .loading import load as load
from .loading import load_all as load_all
from .scan import GROUPS as GROUPS
from .scan import Offer as Offer
from .scan import forget as forget
from .scan import offers as offers
