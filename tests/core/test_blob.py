"""Blobs count what is written into them."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import SGD, LRPolicy, Net, OptionError, ShapeError, Solver
from mocha_core.blob import Blob, BlobSpec
from mocha_core.testing import ReferenceBackend

from ..net.nets import classifier, data


@pytest.fixture
def blob() -> Blob:
    backend, spec = ReferenceBackend(), BlobSpec((2, 3))
    return Blob(backend, spec, backend.empty(spec), "b")


def test_every_write_changes_the_version(blob: Blob) -> None:
    versions = [blob.version]
    for write in (lambda: blob.set(np.ones((2, 3))), lambda: blob.fill(2.0), blob.written):
        write()
        versions.append(blob.version)
    assert versions == sorted(set(versions))
    assert blob.to_array().tolist() == [[2.0] * 3] * 2


def test_a_refused_write_changes_nothing(blob: Blob) -> None:
    with pytest.raises(ShapeError, match="blob 'b' is 2 x 3, not 3 x 2"):
        blob.set(np.ones((3, 2)))
    assert blob.version == 0


def test_numpy_reads_a_copy(blob: Blob) -> None:
    blob.set([[1, 2, 3], [4, 5, 6]])
    read = np.asarray(blob)
    read[0] = 0
    assert (read.dtype, blob.to_array().tolist()) == (np.float32, [[1, 2, 3], [4, 5, 6]])
    assert np.asarray(blob, dtype="int64").tolist() == [[1, 2, 3], [4, 5, 6]]
    assert (np.ones((2, 3)) + np.array(blob, copy=True)).sum() == 27
    with pytest.raises(OptionError, match="blob 'b' can only be copied"):
        np.asarray(blob, copy=False)


def test_an_update_is_a_write() -> None:
    net = Net("n", ReferenceBackend(), [data(), *classifier()])
    net.init()
    before = [p.blob.version for p in net.all_parameters]
    Solver(SGD(), {"max_iter": 1, "lr_policy": LRPolicy.Fixed(0.1)}).solve(net)
    assert all(p.blob.version > version for p, version in zip(net.all_parameters, before, strict=True))
