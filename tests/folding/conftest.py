"""The backend that folded nets run on here: the layers' own mathematics."""

from tests.net.conftest import backend as backend
