"""The test data that all packages share."""

from tests.conftest import shared as shared
