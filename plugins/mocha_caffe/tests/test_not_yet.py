"""The package is honest: installed and listed, it says that it cannot be used."""

from __future__ import annotations

import pytest

from mocha_caffe import CaffeImporter
from mocha_core.errors import MochaError
from mocha_core.plugins import load


def test_it_is_found_and_refuses_with_one_sentence():
    importer = load("mocha.importers", "caffe")
    assert importer is CaffeImporter
    with pytest.raises(MochaError, match=r"mocha-caffe 0\.1\.0 cannot read Caffe models yet"):
        importer()
